import { type Brush, circle, d, ellipse, group, type Point, path, tag } from './brush.ts';

/** The one light of the set: a window on the left, warm; shadows fall to the right and are plum, never black. */
export const ink = '#3a2230';
export const glow = '#fff8ea';
export const gold = '#c8963e';
export const wood = '#b88352';

const channels = (color: string): number[] => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

/** A colour between two, `share` of the way from the first to the second. */
export const mix = (from: string, to: string, share: number): string => {
  const target = channels(to);
  const mixed = channels(from).map((value, index) => Math.round(value + ((target[index] ?? value) - value) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
};
export const shade = (color: string, share: number): string => mix(color, ink, share);
export const tint = (color: string, share: number): string => mix(color, glow, share);

const roundStops = (color: string) =>
  `${shade(color, 0.2)} 0, ${shade(color, 0.05)} 0.1, ${tint(color, 0.28)} 0.3, ${color} 0.55, ${shade(color, 0.3)} 0.86, ${shade(color, 0.2)} 1`;

/** The fill of something round that stands upright. */
export const roundFill = (brush: Brush, color: string): string => brush.linear(roundStops(color));
/** The fill of something round that lies across. */
export const rodFill = (brush: Brush, color: string): string => brush.linear(roundStops(color), 'down');
/** The fill of something flat. */
export const flatFill = (brush: Brush, color: string): string =>
  brush.linear(`${tint(color, 0.16)} 0, ${color} 0.5, ${shade(color, 0.12)} 1`, 'slant');
/** The fill of polished metal. */
export const metalFill = (brush: Brush, color: string = gold): string =>
  brush.linear(
    `${shade(color, 0.28)} 0, ${tint(color, 0.62)} 0.2, ${color} 0.38, ${shade(color, 0.34)} 0.62, ${tint(color, 0.3)} 0.8, ${shade(color, 0.3)} 1`,
    'slant',
  );

/** Large coordinates need no decimals. */
const short = (value: number): number => (Math.abs(value) > 60 ? Math.round(value) : value);

/** Joins points by a soft curve (Catmull-Rom); the pen must stand on the first one. Doubled points make corners. */
export const smooth = (points: readonly Point[]): string =>
  points
    .slice(1)
    .map((to, index) => {
      const from = points[index] ?? to;
      const before = points[index - 1] ?? from;
      const after = points[index + 2] ?? to;
      const one = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6] as const;
      const two = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6] as const;
      const [a, b, c, e, f, g] = [...one, ...two, ...to].map(short);
      return d`C${a ?? 0} ${b ?? 0} ${c ?? 0} ${e ?? 0} ${f ?? 0} ${g ?? 0}`;
    })
    .join('');

/** A soft open line through points. */
export const curve = (points: readonly Point[]): string => {
  const [x, y] = points[0] ?? [0, 0];
  return d`M${x} ${y}${smooth(points)}`;
};

/** How flat a circle on the table looks from the camera. */
export const TILT = 0.2;

/** Something turned on a wheel or lathe: its radius at each height, from the top down. */
export interface Turned {
  x: number;
  profile: readonly (readonly [radius: number, y: number])[];
}

/** The outline of a turned thing, as path data. */
export const turnedOutline = ({ x, profile }: Turned): string => {
  const [top, topY] = profile[0] ?? [0, 0];
  const [bottom, bottomY] = profile.at(-1) ?? [0, 0];
  const left = profile.map(([radius, y]): Point => [x - radius, y]);
  const right = profile.map(([radius, y]): Point => [x + radius, y]).reverse();
  return [
    d`M${x - top} ${topY}${smooth(left)}`,
    d`A${bottom} ${bottom * TILT} 0 0 0 ${x + bottom} ${bottomY}${smooth(right)}`,
    d`A${top} ${top * TILT} 0 0 0 ${x - top} ${topY}Z`,
  ].join('');
};

/** A band of window light along the left side of a turned thing. */
export const sheen = (brush: Brush, { x, profile }: Turned, strength: number): string => {
  const outer = profile.map(([radius, y]): Point => [x - radius * 0.76, y + radius * TILT * 0.6]);
  const inner = profile.map(([radius, y]): Point => [x - radius * 0.6, y + radius * TILT * 0.75]).reverse();
  const [startX, startY] = inner[0] ?? [0, 0];
  const fill = brush.linear(`#ffffff 0 0, #ffffff 0.3 ${strength}, #ffffff 0.7 ${strength * 0.7}, #ffffff 1 0`, 'down');
  return path(d`${curve(outer)}L${startX} ${startY}${smooth(inner)}Z`, { fill });
};

/** A turned thing with its light: `gloss` 0 for chalk, 0.6 for glaze. */
export const turned = (brush: Brush, shape: Turned, color: string, gloss = 0): string => {
  const outline = turnedOutline(shape);
  const weight = `${glow} 0 0.1, ${ink} 0.4 0, ${ink} 1 0.24`;
  return [
    path(outline, { fill: roundFill(brush, color) }),
    path(outline, { fill: brush.linear(weight, 'down') }),
    gloss > 0 ? sheen(brush, shape, gloss) : '',
  ].join('');
};

/** The mouth of a vessel: a lip and the inside, lit on its right. */
export const mouth = (brush: Brush, at: Point, radius: number, color: string, inside = shade(color, 0.3)): string => {
  const lip = Math.max(5, radius * 0.05);
  const inner = brush.linear(`${shade(inside, 0.42)} 0, ${inside} 0.6, ${tint(inside, 0.24)} 1`);
  return [
    ellipse(at, radius, radius * TILT, { fill: roundFill(brush, tint(color, 0.25)) }),
    ellipse(at, radius - lip, (radius - lip) * TILT, { fill: inner }),
  ].join('');
};

/** The shadow on the table of something that stands at `at`. */
export const shadow = (brush: Brush, [x, y]: Point, radius: number, strength = 1): string => {
  const fade = (dark: number) =>
    brush.radial(`${ink} 0 ${dark * strength}, ${ink} 0.55 ${dark * strength * 0.55}, ${ink} 1 0`);
  return [
    ellipse([x + radius * 0.75, y + radius * 0.02], radius * 2, radius * 0.4, { fill: fade(0.34) }),
    ellipse([x + radius * 0.1, y + radius * 0.06], radius * 1.2, radius * 0.3, { fill: fade(0.62) }),
  ].join('');
};

/** The soft shadow of a flat thing on what is behind it. */
export const fallenShadow = (brush: Brush, shape: string, [dx, dy]: Point, softness = 14, opacity = 0.3): string =>
  group({ transform: d`translate(${dx} ${dy})`, filter: brush.blur(softness), fill: ink, opacity }, shape);

/** A halo of warm light in the air. */
export const halo = (brush: Brush, at: Point, radius: number, strength = 0.8): string =>
  circle(at, radius, {
    fill: brush.radial(
      `#fff3cf 0 ${strength}, #ffdf9a 0.25 ${strength * 0.55}, #ffc46b 0.6 ${strength * 0.16}, #ffb95c 1 0`,
    ),
  });

/** A candle flame that stands on a wick at `at`. */
export const flame = (brush: Brush, [x, y]: Point, height: number): string => {
  const w = height * 0.23;
  const drop = (scale: number): string => {
    const [h, half] = [height * scale, w * scale];
    const rise = d`M${x} ${y - h}C${x + half * 0.5} ${y - h * 0.72} ${x + half} ${y - h * 0.5} ${x + half} ${y - h * 0.26}`;
    return d`${rise}A${half} ${h * 0.26} 0 0 1 ${x - half} ${y - h * 0.26}C${x - half} ${y - h * 0.5} ${x - half * 0.3} ${y - h * 0.7} ${x} ${y - h}Z`;
  };
  const body = '#ff9f3f 0 0.85, #ffc65a 0.45, #fff0bd 0.85, #9fb4e8 1 0.8';
  return [
    halo(brush, [x, y - height * 0.4], height * 2.6, 0.75),
    tag('path', { d: d`M${x} ${y + height * 0.12}V${y - height * 0.18}`, stroke: ink, 'stroke-width': height * 0.05 }),
    path(drop(1), { fill: brush.linear(body, 'down') }),
    path(drop(0.58), { fill: '#fffdf2', opacity: 0.9 }),
  ].join('');
};

/** Steam or smoke that rises along points. */
export const wisp = (brush: Brush, points: readonly Point[], width: number, opacity = 0.5): string =>
  path(curve(points), {
    fill: 'none',
    stroke: brush.linear(`#ffffff 0 0, #ffffff 0.4 ${opacity}, #ffffff 1 ${opacity * 0.6}`, 'down'),
    'stroke-width': width,
    'stroke-linecap': 'round',
    filter: brush.blur(width * 0.35),
  });
