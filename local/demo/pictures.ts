import { createBrush, d, group, tag } from './drawings/brush.ts';
import { candles } from './drawings/candles.ts';
import { cardSets } from './drawings/cards.ts';
import { charms } from './drawings/charms.ts';
import { desk } from './drawings/desk.ts';
import type { Drawing, Zoom } from './drawings/drawing.ts';
import { jewels } from './drawings/jewels.ts';
import { lamps } from './drawings/lamps.ts';
import { pots } from './drawings/pots.ts';
import { scene, type Tone, tones } from './drawings/scene.ts';
import { scents } from './drawings/scents.ts';
import { tableware } from './drawings/tableware.ts';
import { textiles } from './drawings/textiles.ts';

const HORIZON = 640;

/** How near the camera stands when a drawing does not say. */
const usual: Zoom = { scale: 1.2, center: [400, 580] };

const onTone = <Names extends string>(tone: Tone, drawings: Record<Names, Drawing>) =>
  Object.fromEntries(Object.entries<Drawing>(drawings).map(([name, drawing]) => [name, { tone, drawing }])) as Record<
    Names,
    { tone: Tone; drawing: Drawing }
  >;

const subjects = {
  ...onTone(tones.candles, { ...candles, ...scents }),
  ...onTone(tones.ceramics, { ...tableware, ...pots }),
  ...onTone(tones.textiles, textiles),
  ...onTone(tones.paper, { ...desk, ...cardSets }),
  ...onTone(tones.jewels, { ...jewels, ...charms }),
  ...onTone(tones.lamps, lamps),
};

/** The name of something that can be drawn. */
export type DrawingName = keyof typeof subjects;

export const drawingNames = Object.keys(subjects) as DrawingName[];

/** How many different pictures there are of it. */
export const viewsOf = (name: DrawingName): number => subjects[name].drawing.views;

/**
 * A still life as an SVG of 800 × 1000: the same text for the same arguments, nothing loaded from elsewhere.
 * `view` counts from zero and starts over after the last one.
 */
export const drawPicture = (name: DrawingName, view = 0): string => {
  const { tone, drawing } = subjects[name];
  const brush = createBrush(`${name}-${view}`);
  const zoom = drawing.zoom(view) ?? usual;
  const [shiftX, shiftY] = [400 - zoom.center[0] * zoom.scale, 500 - zoom.center[1] * zoom.scale];
  const horizon = HORIZON * zoom.scale + shiftY;
  const subject = group(
    { transform: d`translate(${shiftX} ${shiftY}) scale(${zoom.scale.toFixed(2)})` },
    drawing.draw(brush, view),
  );
  const content = scene(brush, tone, horizon) + subject;
  return tag(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: '0 0 800 1000', width: 800, height: 1000 },
    brush.defs() + content,
  );
};
