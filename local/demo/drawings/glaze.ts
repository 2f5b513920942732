import { type Brush, circle, createRandom, d, group, type Point, path, times } from './brush.ts';
import { curve, ink, roundFill, type Turned, turnedOutline } from './light.ts';

/** Iron specks in a glaze, inside an outline. */
export const specks = (brush: Brush, outline: string, fill: string, seed: number): string => {
  const random = createRandom(seed);
  const dots = times(12, () => circle([random() * 130, random() * 130], 0.9 + random() * 1.8, {}));
  return path(outline, { fill: brush.pattern(130, 130, group({ fill, opacity: 0.5 }, dots)) });
};

const drips = [26, 6, 34, 60, 20, 70, 40, 10, 30];

/** The upper part of a turned thing dipped in another glaze, with a dripping edge around `y`. */
export const dip = (brush: Brush, shape: Turned, y: number, color: string): string => {
  const edge = drips.map((drop, index): Point => [shape.x - 320 + index * 80, y + drop]);
  const clip = brush.clip(path(turnedOutline(shape), {}));
  return group(
    { 'clip-path': clip },
    path(d`${curve(edge)}V0H${shape.x - 320}Z`, { fill: ink, opacity: 0.22, transform: 'translate(2 7)' }),
    path(d`${curve(edge)}V0H${shape.x - 320}Z`, { fill: roundFill(brush, color) }),
  );
};
