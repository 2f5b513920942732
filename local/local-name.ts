/** Whether a request's `host` is a name of this machine, and not one that a site elsewhere has pointed here. */
export const isLocalName = (host = ''): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
