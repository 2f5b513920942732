// Plain JavaScript that any Node of the last ten years can read: it runs before everything else.
const wanted = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < wanted) {
  process.stderr.write(
    [
      `Vidriera needs Node ${wanted}; this is Node ${process.versions.node}.`,
      '',
      `On Linux and Windows, "npm ci" brings Node ${wanted} along for the scripts: run "npm ci", then "npm start".`,
      'If npm was told to leave out optional dependencies (--omit=optional), do not.',
      `On other systems, install Node ${wanted} yourself: https://nodejs.org/en/download`,
      '',
    ].join('\n'),
  );
  process.exit(1);
}
