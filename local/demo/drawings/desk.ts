import { type Brush, circle, ellipse, group, type Point, path, placed, points, rect, times } from './brush.ts';
import { drawing, type Zoom } from './drawing.ts';
import {
  curve,
  fallenShadow,
  flatFill,
  gold,
  halo,
  ink,
  metalFill,
  mouth,
  rodFill,
  shade,
  shadow,
  tint,
  turned,
  wood,
} from './light.ts';
import { crescent, eye, phases, sparkle, sprig, sun } from './motifs.ts';

const cream = '#fbf3e2';

interface NotebookLook {
  cover: string;
  back: string;
  foil: string;
  zoom?: Zoom;
}

/** A sewn notebook, centred on the origin, seen from a little to its right. */
const notebook = (brush: Brush, color: string, art: string): string =>
  [
    fallenShadow(brush, rect([-170, -230], 366, 470, {}), [22, 14], 12, 0.4),
    path('M170 -232L194 -218V236L170 232Z', { fill: rodFill(brush, '#efe3cb') }),
    path('M175 -228V233M180 -225V234M185 -222V235M190 -220V236', {
      stroke: '#b89f7a',
      'stroke-width': 1.4,
      opacity: 0.7,
    }),
    path('M-164 232H170L194 236V243H-160Z', { fill: shade(color, 0.4) }),
    rect([-170, -234], 342, 468, { rx: 10, fill: flatFill(brush, color) }),
    rect([-170, -234], 46, 468, { rx: 8, fill: shade(color, 0.28) }),
    path('M-124 -234V234', { stroke: ink, 'stroke-width': 4, opacity: 0.25 }),
    path('M-147 -206V206', {
      stroke: cream,
      'stroke-width': 5,
      'stroke-dasharray': '30 16',
      'stroke-linecap': 'round',
    }),
    art,
    path('M-112 -222H160V222', { fill: 'none', stroke: '#ffffff', 'stroke-width': 3, opacity: 0.14 }),
  ].join('');

const nightArt = (foil: string): string =>
  [
    rect([-100, -208], 246, 416, { rx: 122, fill: 'none', stroke: foil, 'stroke-width': 3.5 }),
    crescent([18, -60], 68, foil, 0.55),
    eye([30, -56], 34, foil, '#8a4f3a', 4),
    phases([23, 84], 18, 45, foil),
    sparkle([-48, -140], 18, foil),
    sparkle([92, -126], 13, foil),
    sparkle([23, -170], 10, foil),
    sparkle([23, 148], 22, foil),
    sparkle([-34, 136], 9, foil),
    sparkle([82, 136], 9, foil),
  ].join('');

const pencil = (brush: Brush, at: Point, degrees: number, color: string): string =>
  placed(
    at,
    degrees,
    ellipse([8, 18], 190, 10, { fill: ink, opacity: 0.3, filter: brush.blur(5) }),
    rect([-180, -11], 300, 22, { fill: rodFill(brush, color) }),
    rect([-206, -11], 30, 22, { rx: 6, fill: metalFill(brush) }),
    path('M120 -11L176 0L120 11Z', { fill: '#e8cfa4' }),
    path('M158 -4L178 0L158 4Z', { fill: ink }),
  );

const notebooks = (brush: Brush, { cover, back, foil }: NotebookLook): string =>
  [
    shadow(brush, [420, 800], 210, 0.9),
    placed([474, 548], 8, notebook(brush, back, sun([24, 0], 96, foil, 18))),
    placed([362, 560], -5, notebook(brush, cover, nightArt(foil))),
    pencil(brush, [440, 862], -7, '#c8553d'),
  ].join('');

interface PrintLook {
  sky: string;
  hills: readonly [string, string, string];
  disc: string;
  zoom?: Zoom;
}

const landscape = (brush: Brush, { sky, hills, disc }: PrintLook): string => {
  const [far, middle, near] = hills;
  return group(
    { 'clip-path': brush.clip(rect([238, 270], 324, 440, {})) },
    rect([238, 270], 324, 440, {
      fill: brush.linear(`${shade(sky, 0.3)} 0, ${tint(sky, 0.45)} 1`, 'down'),
    }),
    halo(brush, [400, 440], 150, 0.4),
    circle([400, 440], 66, { fill: disc }),
    phases([400, 318], 17, 58, disc),
    path('M238 560Q310 480 380 548T562 520V720H238Z', { fill: far }),
    path('M238 610Q330 540 420 610T562 590V720H238Z', { fill: middle }),
    path('M238 664Q320 610 410 664T562 650V720H238Z', { fill: near }),
    times(6, (index) => sparkle([264 + index * 56, 372 + ((index * 47) % 90)], 6 + (index % 3) * 3, disc)),
    sprig({
      stem: points('270 716, 276 650, 300 600'),
      leaves: 7,
      length: 36,
      width: 14,
      fills: [shade(near, 0.3), shade(near, 0.45)],
      line: shade(near, 0.5),
    }),
    sprig({
      stem: points('530 716, 528 660, 506 612'),
      leaves: 7,
      length: 36,
      width: 14,
      fills: [shade(near, 0.3), shade(near, 0.45)],
      line: shade(near, 0.5),
    }),
  );
};

const print = (brush: Brush, look: PrintLook): string =>
  [
    shadow(brush, [410, 800], 230, 0.9),
    fallenShadow(brush, rect([178, 204], 452, 596, {}), [34, 20], 18, 0.4),
    rect([172, 200], 456, 598, { rx: 4, fill: flatFill(brush, shade(wood, 0.12)) }),
    path('M172 200H628L606 222H194V776L172 798Z', { fill: '#ffffff', opacity: 0.22 }),
    path('M628 200V798H172L194 776H606V222Z', { fill: ink, opacity: 0.2 }),
    rect([194, 222], 412, 554, { fill: cream }),
    path('M194 222H606V236H208V776H194Z', { fill: ink, opacity: 0.16 }),
    landscape(brush, look),
    path('M380 222L606 222V540L470 776H250Z', { fill: '#ffffff', opacity: 0.1 }),
    sprigInBottle(brush),
  ].join('');

const sprigInBottle = (brush: Brush): string =>
  [
    shadow(brush, [650, 836], 40, 0.9),
    sprig({
      stem: points('650 740, 664 640, 630 560'),
      leaves: 8,
      length: 52,
      width: 22,
      fills: ['#7f9078', '#9aa98e'],
      line: '#7b6a52',
    }),
    turned(brush, { x: 650, profile: points('15 722, 15 752, 44 786, 40 828, 30 838') }, '#b9573f', 0.5),
    ellipse([650, 722], 15, 4, { fill: '#5a2c22' }),
  ].join('');

interface InkLook {
  color: string;
  zoom?: Zoom;
}

const inkSheet = (brush: Brush, color: string): string =>
  [
    fallenShadow(brush, path('M120 772L520 716L706 852L262 930Z', {}), [8, 10], 8, 0.3),
    path('M120 772L520 716L706 852L262 930Z', { fill: flatFill(brush, cream) }),
    group(
      {
        transform: 'translate(470 836) skewX(36) rotate(-8) scale(1.5 0.7)',
        fill: 'none',
        stroke: color,
        'stroke-width': 4,
        'stroke-linecap': 'round',
      },
      path(`${curve(points('-70 0, -44 -22, -30 10, -8 -20, 4 12, 26 -16, 40 8, 70 -4'))}M-60 28Q0 18 64 26`, {}),
    ),
  ].join('');

/** A glass pen that leans on the bottle, tip to the right. */
const glassPen = (brush: Brush, color: string): string =>
  placed(
    [472, 604],
    44,
    path('M-330 -6Q-180 -20 60 -15L160 -10V10L60 15Q-180 20 -330 6Z', {
      fill: rodFill(brush, '#bcd8d6'),
      opacity: 0.9,
    }),
    path('M-320 -2Q-200 12 -80 -8T100 4', { fill: 'none', stroke: color, 'stroke-width': 6, opacity: 0.75 }),
    path('M-300 3Q-160 -12 -40 8T140 -4', { fill: 'none', stroke: '#ffffff', 'stroke-width': 3, opacity: 0.85 }),
    path('M160 -10C196 -26 214 -14 264 0C214 14 196 26 160 10Z', { fill: rodFill(brush, color) }),
    path('M170 0H256', { stroke: '#ffffff', 'stroke-width': 2, opacity: 0.6 }),
    rect([146, -15], 16, 30, { rx: 5, fill: metalFill(brush) }),
  );

const inkBottle = (brush: Brush, { color }: InkLook): string =>
  [
    inkSheet(brush, color),
    shadow(brush, [330, 806], 140),
    path('M196 610Q196 574 232 572H428Q464 574 464 610V780Q464 806 436 808H224Q196 806 196 780Z', {
      fill: '#f2f6f2',
      opacity: 0.6,
    }),
    path('M214 640H446V774Q446 792 428 792H232Q214 792 214 774Z', {
      fill: brush.linear(`${shade(color, 0.35)} 0, ${tint(color, 0.2)} 0.3, ${color} 0.6, ${shade(color, 0.5)} 1`),
    }),
    ellipse([330, 640], 116, 12, { fill: tint(color, 0.35) }),
    path('M196 610Q196 574 232 572H428Q464 574 464 610V780Q464 806 436 808H224Q196 806 196 780Z', {
      fill: 'none',
      stroke: '#ffffff',
      'stroke-width': 5,
      opacity: 0.75,
    }),
    path('M222 600H240V780H222Z', { fill: '#ffffff', opacity: 0.5 }),
    path('M262 662H398V764H262Z', { fill: cream }),
    path('M270 670H390V756H270Z', { fill: 'none', stroke: gold, 'stroke-width': 2.5 }),
    crescent([328, 713], 26, color, 0.55),
    sparkle([346, 704], 10, gold),
    turned(brush, { x: 330, profile: points('66 534, 70 574') }, '#dfe9e6', 0.5),
    mouth(brush, [330, 534], 66, '#dfe9e6', color),
    placed([150, 846], 0, corkStopper(brush)),
    glassPen(brush, color),
  ].join('');

const corkStopper = (brush: Brush): string =>
  [
    shadow(brush, [0, 4], 50, 0.8),
    turned(brush, { x: 0, profile: points('52 -46, 44 2') }, '#c69a6a'),
    ellipse([0, -46], 52, 11, { fill: '#dcb689' }),
  ].join('');

export const desk = {
  'moon-notebooks': drawing<NotebookLook>(
    [
      { cover: '#2f3357', back: '#b9573f', foil: '#e6c074' },
      { cover: '#3d5f55', back: '#d9a24e', foil: '#f0d79c', zoom: { scale: 1.7, center: [380, 500] } },
    ],
    notebooks,
  ),
  'moon-print': drawing<PrintLook>(
    [
      {
        sky: '#5d7f95',
        hills: ['#8a9a86', '#5f7d6c', '#3d5f55'],
        disc: '#fbeecb',
        zoom: { scale: 1.16, center: [420, 525] },
      },
    ],
    print,
  ),
  'ink-and-pen': drawing<InkLook>([{ color: '#31528a' }], inkBottle),
};
