import { type Brush, circle, d, type Point, path, times } from './brush.ts';
import { shade, tint } from './light.ts';
import { sparkle } from './motifs.ts';

/** A faceted stone seen from the front. */
export const gem = (brush: Brush, [x, y]: Point, r: number, color: string): string => {
  const corner = (index: number, far: number): string => {
    const angle = ((index * 45 + 22.5) * Math.PI) / 180;
    return d`${x + Math.cos(angle) * r * far} ${y + Math.sin(angle) * r * far}`;
  };
  const facet = (index: number): string =>
    path(`M${corner(index, 1)}L${corner(index + 1, 1)}L${corner(index + 1, 0.55)}L${corner(index, 0.55)}Z`, {
      fill: [shade(color, 0.4), shade(color, 0.15), color, tint(color, 0.4)][(index + 1) % 4] ?? color,
    });
  const tableOf = Array.from({ length: 8 }, (_, index) => corner(index, 0.56)).join('L');
  return [
    circle([x, y], r * 1.06, { fill: shade(color, 0.3) }),
    times(8, facet),
    path(`M${tableOf}Z`, {
      fill: brush.linear(`${tint(color, 0.65)} 0, ${color} 0.5, ${shade(color, 0.2)} 1`, 'slant'),
    }),
    sparkle([x - r * 0.3, y - r * 0.34], r * 0.3, '#ffffff'),
  ].join('');
};

/** A pearl. */
export const pearl = (brush: Brush, at: Point, r: number): string =>
  circle(at, r, {
    fill: brush.radial('#ffffff 0, #f8ece4 0.4, #dcc3c4 0.8, #bfa3ae 1', [0.36, 0.32]),
  });
