import { circle, d, type Point, path, placed, times } from './brush.ts';
import { curve } from './light.ts';

/** A star of four long points. */
export const sparkle = ([x, y]: Point, size: number, fill: string): string => {
  const waist = size * 0.16;
  return path(
    d`M${x} ${y - size}Q${x + waist} ${y - waist} ${x + size} ${y}Q${x + waist} ${y + waist} ${x} ${y + size}Q${x - waist} ${y + waist} ${x - size} ${y}Q${x - waist} ${y - waist} ${x} ${y - size}Z`,
    { fill },
  );
};

/** Path data of a crescent that opens to the right: `fullness` is its thickest part, as a share of the radius. */
export const crescentPath = ([x, y]: Point, r: number, fullness = 0.5): string => {
  const inner = r * 0.84;
  const offset = r * fullness - r + inner;
  const tip = (offset ** 2 + r ** 2 - inner ** 2) / (2 * offset);
  const reach = Math.sqrt(r ** 2 - tip ** 2);
  const wide = tip > offset ? 1 : 0;
  return d`M${x + tip} ${y - reach}A${r} ${r} 0 1 0 ${x + tip} ${y + reach}A${inner} ${inner} 0 ${wide} 1 ${x + tip} ${y - reach}Z`;
};
export const crescent = (at: Point, r: number, fill: string, fullness = 0.5): string =>
  path(crescentPath(at, r, fullness), { fill });

/** Rays around a disc, alternately long and short. */
export const sun = ([x, y]: Point, r: number, fill: string, rays = 16): string =>
  circle([x, y], r * 0.5, { fill }) +
  times(rays, (index) =>
    placed(
      [x, y],
      (360 / rays) * index,
      path(d`M${-r * 0.05} ${-r * 0.6}L0 ${index % 2 ? -r * 0.82 : -r}L${r * 0.05} ${-r * 0.6}Z`, { fill }),
    ),
  );

/** An open eye, without lashes. */
export const openEye = ([x, y]: Point, w: number, line: string, iris: string, width = 4): string => {
  const h = w * 0.36;
  const lid = d`M${x - w} ${y}Q${x} ${y - h * 2} ${x + w} ${y}Q${x} ${y + h * 2} ${x - w} ${y}Z`;
  return [
    path(lid, { fill: '#fdf7ea', stroke: line, 'stroke-width': width, 'stroke-linejoin': 'round' }),
    circle([x, y], h * 0.78, { fill: iris }),
    circle([x, y], h * 0.36, { fill: line }),
    circle([x + h * 0.22, y - h * 0.24], h * 0.15, { fill: '#ffffff' }),
  ].join('');
};

/** An open eye with lashes above. */
export const eye = ([x, y]: Point, w: number, line: string, iris: string, width = 5): string => {
  const h = w * 0.36;
  const lash = (index: number): string => {
    const angle = ((index - 3) * 22 * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return d`M${x + sin * w * 0.86} ${y - cos * h * 1.25}L${x + sin * w * 1.16} ${y - cos * h * 1.95}`;
  };
  const lashes = path(times(7, lash), { fill: 'none', stroke: line, 'stroke-width': width, 'stroke-linecap': 'round' });
  return openEye([x, y], w, line, iris, width) + lashes;
};

/** A closed eye: a lid that curves down, with lashes. */
export const sleepingEye = ([x, y]: Point, w: number, stroke: string, width = 6): string => {
  const lashes = [-0.8, -0.4, 0, 0.4, 0.8].map((at) => {
    const drop = w * 0.42 * (1 - at * at);
    return d`M${x + at * w} ${y + drop}L${x + at * w * 1.25} ${y + drop + w * 0.26}`;
  });
  return path(d`M${x - w} ${y}Q${x} ${y + w * 0.84} ${x + w} ${y}${lashes.join('')}`, {
    fill: 'none',
    stroke,
    'stroke-width': width,
    'stroke-linecap': 'round',
  });
};

/** The moon from new to full and back, in a row around `at`. */
export const phases = ([x, y]: Point, r: number, gap: number, fill: string): string => {
  const half = (at: number, bulge: number, side: 0 | 1): string =>
    path(
      d`M${at} ${y - r}A${r} ${r} 0 0 ${side} ${at} ${y + r}A${r * Math.abs(bulge)} ${r} 0 0 ${bulge > 0 ? side : 1 - side} ${at} ${y - r}Z`,
      { fill },
    );
  return [
    half(x - gap * 2, -0.55, 0),
    half(x - gap, 0.02, 0),
    circle([x, y], r * 1.15, { fill }),
    half(x + gap, 0.02, 1),
    half(x + gap * 2, -0.55, 1),
  ].join('');
};

/** Path data of a leaf from the origin upwards. */
export const leafPath = (length: number, width: number): string =>
  d`M0 0C${width} ${-length * 0.25} ${width * 0.8} ${-length * 0.75} 0 ${-length}C${-width * 0.8} ${-length * 0.75} ${-width} ${-length * 0.25} 0 0Z`;

export interface Sprig {
  /** Where it starts, where it bows to, where it ends. */
  stem: readonly Point[];
  leaves: number;
  length: number;
  width: number;
  fills: readonly [string, string];
  line: string;
}

/** A twig with pairs of leaves along a soft bow. */
export const sprig = ({ stem, leaves, length, width, fills, line }: Sprig): string => {
  const [a = [0, 0], b = a, c = b] = stem;
  const along = (t: number): Point => [
    (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * b[0] + t * t * c[0],
    (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * b[1] + t * t * c[1],
  ];
  const leaf = (index: number): string => {
    const t = 0.18 + (0.82 * (index + 1)) / leaves;
    const [here, before] = [along(Math.min(t, 1)), along(Math.min(t, 1) - 0.05)];
    const heading = (Math.atan2(here[0] - before[0], before[1] - here[1]) * 180) / Math.PI;
    const turn = index === leaves - 1 ? 0 : index % 2 ? 52 : -52;
    const size = 1 - t * 0.3;
    return placed(
      here,
      heading + turn,
      path(leafPath(length * size, width * size), { fill: fills[index % 2 ? 1 : 0] }),
    );
  };
  return (
    path(curve([a, along(0.5), c]), { fill: 'none', stroke: line, 'stroke-width': 4, 'stroke-linecap': 'round' }) +
    times(leaves, leaf)
  );
};
