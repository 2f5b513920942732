import { type Brush, d, ellipse, type Point, path, placed, points, times } from './brush.ts';
import { drawing, type Zoom } from './drawing.ts';
import { specks } from './glaze.ts';
import { curve, metalFill, mouth, shade, shadow, smooth, TILT, tint, turned, turnedOutline } from './light.ts';
import { leafPath, sleepingEye, sparkle, sprig } from './motifs.ts';

interface VaseLook {
  clay: string;
  zoom?: Zoom;
}

/** A dry plume on a bowed stalk from the neck of the vase. */
const plume = (brush: Brush, [x, y]: Point, lean: number, color: string): string => {
  const stalk = curve(points(`400 470, ${400 + (x - 400) * 0.4} 360, ${x} ${y}`));
  const hairs = times(13, (index) => {
    const side = index % 2 ? 1 : -1;
    const at = -index * 12;
    return d`M0 ${at}q${side * 24} ${-18} ${side * (34 - index * 1.2)} ${26 - index * 0.8}`;
  });
  return [
    path(stalk, { fill: 'none', stroke: shade(color, 0.3), 'stroke-width': 4 }),
    placed(
      [x, y + 40],
      lean,
      path('M0 44C40 0 34 -120 4 -220C-34 -120 -44 0 0 44Z', {
        fill: brush.linear(`${tint(color, 0.4)} 0, ${shade(color, 0.16)} 1`),
      }),
      path(hairs, {
        fill: 'none',
        stroke: tint(color, 0.55),
        'stroke-width': 5,
        'stroke-linecap': 'round',
        opacity: 0.75,
      }),
    ),
  ].join('');
};

const vase = (brush: Brush, { clay }: VaseLook): string => {
  const body = { x: 400, profile: points('52 460, 44 500, 70 548, 158 610, 172 690, 134 770, 96 806') };
  return [
    shadow(brush, [400, 812], 130),
    plume(brush, [292, 310], -24, '#d9b48a'),
    plume(brush, [420, 240], 4, '#e3c7a2'),
    plume(brush, [530, 330], 28, '#cf9f7b'),
    sprig({
      stem: points('404 470, 480 410, 616 420'),
      leaves: 7,
      length: 66,
      width: 30,
      fills: ['#8c9b80', '#a9b59b'],
      line: '#7b6a52',
    }),
    sprig({
      stem: points('396 470, 320 420, 196 440'),
      leaves: 7,
      length: 62,
      width: 28,
      fills: ['#7f9078', '#9aa98e'],
      line: '#7b6a52',
    }),
    turned(brush, body, clay, 0.25),
    specks(brush, turnedOutline(body), '#6a5348', 9),
    [0, 1, 2]
      .map((band) =>
        path(
          d`M${[232, 229, 234][band] ?? 0} ${640 + band * 22}Q400 ${706 + band * 22} ${[568, 571, 566][band] ?? 0} ${640 + band * 22}`,
          { fill: 'none', stroke: shade(clay, 0.3), 'stroke-width': 3, opacity: 0.45 },
        ),
      )
      .join(''),
    ellipse([400, 460], 52, 52 * TILT, { fill: tint(clay, 0.3) }),
    ellipse([400, 461], 44, 44 * TILT, { fill: shade(clay, 0.65) }),
  ].join('');
};

interface PlanterLook {
  clay: string;
  cheek: string;
  zoom?: Zoom;
}

/** A long leaf with a pale rib. */
const blade = (brush: Brush, index: number): string => {
  const turn = -78 + index * 19.5;
  const length = 250 + ((index * 37) % 70) - Math.abs(turn) * 0.5;
  const green = index % 2 ? '#5f7f62' : '#7a9a70';
  const fill = brush.linear(`${tint(green, 0.2)} 0, ${green} 0.5, ${shade(green, 0.3)} 1`);
  return placed(
    [400 + turn * 0.8, 536],
    turn,
    path(leafPath(length, 44), { fill }),
    path(d`M0 0V${-length * 0.92}`, { stroke: tint(green, 0.5), 'stroke-width': 3, opacity: 0.6 }),
  );
};

const planter = (brush: Brush, { clay, cheek }: PlanterLook): string => {
  const body = { x: 400, profile: points('158 534, 166 600, 158 720, 120 800') };
  const blush = brush.radial(`${cheek} 0 0.6, ${cheek} 1 0`);
  const nose = d`M394 672${smooth(points('394 672, 388 702, 406 706'))}`;
  return [
    shadow(brush, [400, 806], 150),
    times(5, (index) => blade(brush, index * 2)),
    turned(brush, body, clay, 0.3),
    mouth(brush, [400, 534], 158, clay, '#54382f'),
    times(4, (index) => blade(brush, index * 2 + 1)),
    path('M254 552Q400 600 546 552L542 540Q400 584 258 540Z', { fill: shade(clay, 0.04) }),
    sleepingEye([326, 650], 40, '#5a3b37', 6),
    sleepingEye([468, 650], 40, '#5a3b37', 6),
    ellipse([300, 714], 44, 30, { fill: blush }),
    ellipse([492, 714], 44, 30, { fill: blush }),
    path(nose, { fill: 'none', stroke: '#5a3b37', 'stroke-width': 5, 'stroke-linecap': 'round' }),
    path('M374 742Q398 762 424 742', { fill: 'none', stroke: '#b3523f', 'stroke-width': 8, 'stroke-linecap': 'round' }),
    sparkle([398, 614], 16, metalFill(brush)),
  ].join('');
};

export const pots = {
  'cloud-vase': drawing<VaseLook>(
    [
      { clay: '#f1e7d8', zoom: { scale: 1.06, center: [404, 490] } },
      { clay: '#b56a52', zoom: { scale: 1.5, center: [430, 590] } },
    ],
    vase,
  ),
  'face-planter': drawing<PlanterLook>(
    [
      { clay: '#e2b193', cheek: '#d7654e' },
      { clay: '#f0e4d2', cheek: '#dd8270' },
    ],
    planter,
  ),
};
