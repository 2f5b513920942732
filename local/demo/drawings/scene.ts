import { type Brush, d, ellipse, group, path, rect, times } from './brush.ts';
import { glow, ink, mix, shade, tint } from './light.ts';

/** The paper behind the things of one category, and the table they stand on. */
export interface Tone {
  wall: string;
  table: string;
}

export const tones = {
  candles: { wall: '#d9ab8e', table: '#ecd2bd' },
  ceramics: { wall: '#e2d5c0', table: '#f2e9da' },
  textiles: { wall: '#c3cab2', table: '#e3e4d3' },
  paper: { wall: '#e9d3a0', table: '#f5e8c9' },
  jewels: { wall: '#d8c1c9', table: '#eee0e2' },
  lamps: { wall: '#76809a', table: '#a9aebd' },
} as const satisfies Record<string, Tone>;

/** A window's light on the wall: panes, slanted and soft. */
const windowLight = (brush: Brush): string =>
  group(
    { transform: 'translate(96 40) skewY(14) skewX(-8)', fill: glow, opacity: 0.3, filter: brush.blur(9) },
    times(6, (index) => rect([(index % 2) * 172, Math.floor(index / 2) * 172], 156, 156, {})),
  );

const wall = (brush: Brush, { wall: color }: Tone): string => {
  const paper = brush.linear(`${tint(color, 0.14)} 0, ${color} 0.6, ${shade(color, 0.08)} 1`, 'down');
  const daylight = brush.radial(`${glow} 0 0.55, ${glow} 0.6 0.12, ${glow} 1 0`, [0.3, 0.25]);
  return rect([0, 0], 800, 1000, { fill: paper }) + rect([0, 0], 800, 1000, { fill: daylight });
};

const table = (brush: Brush, { wall: behind, table: color }: Tone, y: number): string => {
  const cloth = brush.linear(
    `${mix(behind, color, 0.5)} 0, ${color} 0.1, ${tint(color, 0.3)} 0.55, ${shade(color, 0.06)} 1`,
    'down',
  );
  const edge = brush.linear(`${ink} 0 0, ${ink} 0.5 0.16, ${ink} 1 0`, 'down');
  return [
    rect([0, y], 800, 1000 - y, { fill: cloth }),
    rect([0, y - 26], 800, 52, { fill: edge }),
    path(d`M0 ${y + 96}L330 ${y + 24}H520L60 ${y + 250}H0Z`, { fill: glow, opacity: 0.28, filter: brush.blur(16) }),
  ].join('');
};

/** Darker towards the far corner: the light comes from one side. */
const falloff = (brush: Brush): string =>
  ellipse([800, 700], 760, 860, {
    fill: brush.radial(`${ink} 0 0.14, ${ink} 1 0`),
  });

/** The empty set, with the far edge of the table at `horizon`. */
export const scene = (brush: Brush, tone: Tone, horizon: number): string =>
  wall(brush, tone) + windowLight(brush) + table(brush, tone, horizon) + falloff(brush);
