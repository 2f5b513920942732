import type { Brush, Point } from './brush.ts';

/** How near the camera is: what is at `center` moves to the middle of the picture, `scale` times as large. */
export interface Zoom {
  scale: number;
  center: Point;
}

/** One thing that can be drawn, in one or more views: other colours, or nearer. */
export interface Drawing {
  views: number;
  zoom: (view: number) => Zoom | undefined;
  draw: (brush: Brush, view: number) => string;
}

/** A drawing with one look for each view. */
export const drawing = <Look extends { zoom?: Zoom }>(
  looks: readonly [Look, ...Look[]],
  draw: (brush: Brush, look: Look) => string,
): Drawing => {
  const at = (view: number): Look => looks[view % looks.length] ?? looks[0];
  return { views: looks.length, zoom: (view) => at(view).zoom, draw: (brush, view) => draw(brush, at(view)) };
};
