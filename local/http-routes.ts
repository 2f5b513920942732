/** A route found for a request, with what its path variables caught, decoded. */
export interface RouteMatch<Route> {
  route: Route;
  pathParameters: Record<string, string>;
}

interface Compiled<Route> {
  route: Route;
  method: string;
  segments: string[];
}

const compile = <Route extends { routeKey: string }>(route: Route): Compiled<Route> => {
  const [method = 'ANY', path = ''] = route.routeKey === '$default' ? ['ANY', '/{proxy+}'] : route.routeKey.split(' ');
  return { route, method, segments: path.split('/').slice(1) };
};

const isGreedy = (segment: string): boolean => /^\{[^}]+\+\}$/.test(segment);
const isVariable = (segment: string): boolean => /^\{[^}]+\}$/.test(segment);
const variableName = (segment: string): string => segment.replace(/^\{|\+?\}$/g, '');

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

/** The path cut to as many parts as the pattern has; a greedy variable, always the last, takes all that is left. */
const cut = (pattern: string[], path: string[]): string[] => {
  const last = pattern.length - 1;
  if (!isGreedy(pattern[last] ?? '') || path.length < pattern.length) return path;
  return [...path.slice(0, last), path.slice(last).join('/')];
};

/** What the variables catch, or undefined when the path does not fit. */
const fit = (pattern: string[], path: string[]): Record<string, string> | undefined => {
  const parts = cut(pattern, path).map((part, place) => ({ part, own: pattern[place] ?? '' }));
  const fits = parts.every(({ part, own }) => (isVariable(own) ? part !== '' : part === own));
  if (!fits || parts.length !== pattern.length) return undefined;
  const variables = parts.filter(({ own }) => isVariable(own));
  return Object.fromEntries(variables.map(({ part, own }) => [variableName(own), decoded(part)]));
};

/** Literal before variable before greedy, segment by segment; a method of its own before ANY. */
const rank = ({ method, segments, route }: Compiled<{ routeKey: string }>): string => {
  const kinds = segments.map((segment) => {
    if (isGreedy(segment)) return '2';
    return isVariable(segment) ? '1' : '0';
  });
  return `${route.routeKey === '$default' ? 1 : 0}${kinds.join('')}${method === 'ANY' ? 1 : 0}`;
};

/**
 * Finds the route of a request as an HTTP API does: the most specific one that fits path and method.
 * Source: API Gateway developer guide, "Create routes for HTTP APIs", "Routing API requests".
 */
export const createRouteTable = <Route extends { routeKey: string }>(routes: readonly Route[]) => {
  const compiled = routes.map(compile).sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
  return (method: string, path: string): RouteMatch<Route> | undefined => {
    const segments = path.split('/').slice(1);
    for (const { route, method: own, segments: pattern } of compiled) {
      const pathParameters = own === method || own === 'ANY' ? fit(pattern, segments) : undefined;
      if (pathParameters) return { route, pathParameters };
    }
    return undefined;
  };
};
