/** Attributes of an element; numbers are rounded, undefined ones are left out. */
type Attributes = Readonly<Record<string, string | number | undefined>>;

export type Point = readonly [x: number, y: number];

/** The stops of a gradient: each a colour, where it stands (0 to 1) and, if not opaque, how much: `#ffffff 0 0.4, …`. */
type Stops = string;

/** Collects gradients, clips, patterns and filters while a picture is drawn; each method returns a `url(#…)`. */
export interface Brush {
  linear: (stops: Stops, direction?: 'across' | 'down' | 'slant') => string;
  radial: (stops: Stops, center?: Point) => string;
  clip: (shapes: string) => string;
  blur: (deviation: number) => string;
  pattern: (width: number, height: number, content: string, transform?: string) => string;
  defs: () => string;
}

const rounded = (value: string | number, digits: number): string =>
  typeof value === 'number' ? String(Number(value.toFixed(digits))) : value;

/** An element as text. */
export const tag = (name: string, attributes: Attributes, content = ''): string => {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${rounded(value ?? '', 2)}"`)
    .join('');
  return content ? `<${name}${written}>${content}</${name}>` : `<${name}${written}/>`;
};

/** Path data with short numbers: `` d`M${x} ${y}` ``. */
export const d = (parts: TemplateStringsArray, ...values: readonly (string | number)[]): string =>
  parts.reduce((text, part, index) => text + rounded(values[index - 1] ?? '', 1) + part);

/** Points written in a row: `350 500, 326 440`. */
export const points = (text: string): Point[] =>
  text.split(', ').map((pair): Point => {
    const [x, y] = pair.split(' ').map(Number);
    return [x ?? 0, y ?? 0];
  });

export const path = (data: string, attributes: Attributes): string => tag('path', { d: data, ...attributes });
export const circle = ([cx, cy]: Point, r: number, attributes: Attributes): string =>
  tag('circle', { cx, cy, r, ...attributes });
export const ellipse = ([cx, cy]: Point, rx: number, ry: number, attributes: Attributes): string =>
  tag('ellipse', { cx, cy, rx, ry, ...attributes });
export const rect = ([x, y]: Point, width: number, height: number, attributes: Attributes): string =>
  tag('rect', { x, y, width, height, ...attributes });
export const group = (attributes: Attributes, ...content: readonly string[]): string =>
  tag('g', attributes, content.join(''));
/** A group turned by degrees around a point that moves to `at`. */
export const placed = (at: Point, degrees: number, ...content: readonly string[]): string =>
  group({ transform: d`translate(${at[0]} ${at[1]}) rotate(${degrees})` }, ...content);
/** One piece of drawing for each number from zero. */
export const times = (count: number, draw: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => draw(index)).join('');

const directions = {
  across: { x2: 1, y2: 0 },
  down: { x2: 0, y2: 1 },
  slant: { x2: 1, y2: 1 },
} as const;

const stopTags = (stops: Stops): string =>
  stops
    .split(', ')
    .map((stop) => {
      const [color, offset, opacity] = stop.split(' ');
      const dim = opacity && Number(opacity);
      return tag('stop', { offset, 'stop-color': color, 'stop-opacity': dim });
    })
    .join('');

/** A brush whose ids start with `prefix`, so that several pictures can stand in one document. */
export const createBrush = (prefix: string): Brush => {
  const definitions = new Map<string, string>();
  const define = (name: string, attributes: Attributes, content: string): string => {
    const key = tag(name, attributes, content);
    const id = definitions.get(key) ?? `${prefix}-${definitions.size}`;
    definitions.set(key, id);
    return `url(#${id})`;
  };
  return {
    linear: (stops, direction = 'across') => define('linearGradient', directions[direction], stopTags(stops)),
    radial: (stops, [cx, cy] = [0.5, 0.5]) => define('radialGradient', { cx, cy }, stopTags(stops)),
    clip: (shapes) => define('clipPath', {}, shapes),
    blur: (stdDeviation) =>
      define(
        'filter',
        { x: '-50%', y: '-50%', width: '200%', height: '200%' },
        tag('feGaussianBlur', { stdDeviation }),
      ),
    pattern: (width, height, content, patternTransform) =>
      define('pattern', { width, height, patternUnits: 'userSpaceOnUse', patternTransform }, content),
    defs: () => {
      const withIds = [...definitions].map(([text, id]) => text.replace(/^<\w+/, (start) => `${start} id="${id}"`));
      return tag('defs', {}, withIds.join(''));
    },
  };
};

/** Numbers from 0 to 1, always the same for the same seed (mulberry32). */
export const createRandom = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
