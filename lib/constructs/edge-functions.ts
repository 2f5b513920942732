/** Tells the API under which host the viewer sees the site: toward API Gateway, CloudFront must send that one's own. */
export const forwardHost = `function handler(event) {
  var request = event.request;
  request.headers['x-forwarded-host'] = { value: request.headers.host.value };
  return request;
}
`;

/** Finds the file behind a page's address: the console has many addresses and one file. */
export const findPage = `function handler(event) {
  var request = event.request;
  var path = request.uri;
  if (path === '/') {
    return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: '/docs' } } };
  }
  if (path === '/console' || path.indexOf('/console/') === 0) request.uri = '/console.html';
  if (path === '/docs' || path === '/docs/') request.uri = '/docs.html';
  return request;
}
`;

/** Takes the site's \`/media\` off: the bucket's keys begin behind it. */
export const stripMedia = `function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\\/media\\//, '/');
  return request;
}
`;
