import { type Brush, d, ellipse, type Point, path, placed, points } from './brush.ts';
import { drawing, type Zoom } from './drawing.ts';
import {
  flame,
  gold,
  halo,
  ink,
  metalFill,
  roundFill,
  shade,
  shadow,
  sheen,
  TILT,
  tint,
  turned,
  turnedOutline,
  wood,
} from './light.ts';
import { crescent, sparkle } from './motifs.ts';

interface JarLook {
  glass: string;
  wax: string;
  label: string;
  mark: string;
  zoom?: Zoom;
}

const jarLabel = ({ label, mark }: JarLook): string =>
  [
    path('M292 590Q400 612 508 590V728Q400 750 292 728Z', { fill: label }),
    path('M304 604Q400 624 496 604V716Q400 736 304 716Z', { fill: 'none', stroke: mark, 'stroke-width': 2.5 }),
    crescent([396, 662], 32, mark, 0.6),
    sparkle([420, 652], 12, mark),
    sparkle([340, 668], 8, mark),
    sparkle([462, 672], 8, mark),
  ].join('');

const lid = (brush: Brush): string => {
  const shape = { x: 604, profile: [[92, 796] as const, [92, 826] as const] };
  return [
    shadow(brush, [604, 828], 92, 0.8),
    turned(brush, shape, wood),
    ellipse([604, 796], 92, 18, { fill: roundFill(brush, tint(wood, 0.25)) }),
    ellipse([604, 796], 62, 12, { fill: 'none', stroke: shade(wood, 0.25), 'stroke-width': 2, opacity: 0.6 }),
    ellipse([610, 796], 34, 6.5, { fill: 'none', stroke: shade(wood, 0.25), 'stroke-width': 2, opacity: 0.5 }),
  ].join('');
};

const jarCandle = (brush: Brush, look: JarLook): string => {
  const glass = { x: 400, profile: [[142, 392] as const, [146, 600] as const, [138, 800] as const] };
  const wax = { x: 400, profile: [[134, 500] as const, [136, 640] as const, [128, 786] as const] };
  const pool = brush.radial(`#fff6d8 0, ${tint(look.wax, 0.5)} 0.5, ${look.wax} 1`);
  return [
    shadow(brush, [400, 806], 140),
    halo(brush, [400, 430], 360, 0.5),
    lid(brush),
    path(turnedOutline(glass), { fill: look.glass, opacity: 0.35 }),
    turned(brush, wax, look.wax),
    ellipse([400, 500], 134, 134 * TILT, { fill: pool }),
    path(turnedOutline(glass), { fill: roundFill(brush, look.glass), opacity: 0.5 }),
    jarLabel(look),
    sheen(brush, glass, 0.7),
    flame(brush, [400, 494], 108),
    ellipse([400, 392], 142, 142 * TILT, { fill: 'none', stroke: '#ffffff', 'stroke-width': 5, opacity: 0.6 }),
    path('M262 800A138 27.6 0 0 0 538 800', { fill: 'none', stroke: '#ffffff', 'stroke-width': 4, opacity: 0.35 }),
  ].join('');
};

interface TapersLook {
  colors: readonly [string, string, string];
  metal: string;
  zoom?: Zoom;
}

const holder = points('38 -96, 34 -82, 14 -58, 16 -24, 72 0, 72 6');

/** A taper with a twist in a turned holder that stands at the origin. */
const taper = (brush: Brush, at: Point, height: number, color: string, metal: string): string => {
  const top = -90 - height;
  const body = { x: 0, profile: points(`19 ${top}, 27 -84`) };
  const twist = 'M-34 34C-8 34 8 0 34 0';
  const stripes = brush.pattern(
    68,
    42,
    path(`${twist}M-34 -8C-8 -8 8 -42 34 -42M-34 76C-8 76 8 42 34 42`, {
      fill: 'none',
      stroke: ink,
      'stroke-width': 9,
      opacity: 0.22,
      transform: 'translate(34 0)',
    }),
    'translate(-34 0)',
  );
  return placed(
    at,
    0,
    shadow(brush, [0, 4], 74, 0.85),
    turned(brush, { x: 0, profile: holder }, metal),
    ellipse([0, -96], 38, 38 * TILT, { fill: metalFill(brush, metal) }),
    turned(brush, body, color),
    path(d`M-10 ${top + 12}L-14 -96`, {
      stroke: '#ffffff',
      'stroke-width': 5,
      'stroke-linecap': 'round',
      opacity: 0.35,
    }),
    path(turnedOutline(body), { fill: stripes }),
    ellipse([0, top], 19, 5, { fill: tint(color, 0.4) }),
    flame(brush, [0, top - 4], 74),
  );
};

const tapers = (brush: Brush, { colors, metal }: TapersLook): string =>
  taper(brush, [408, 740], 380, colors[1], metal) +
  taper(brush, [236, 800], 290, colors[0], metal) +
  taper(brush, [574, 836], 218, colors[2], metal);

export const candles = {
  'jar-candle': drawing<JarLook>(
    [
      {
        glass: '#e8c9a0',
        wax: '#f6ead4',
        label: '#fbf5e9',
        mark: '#8a4f3a',
        zoom: { scale: 1.36, center: [425, 590] },
      },
      { glass: '#4a4f7c', wax: '#e9e2ea', label: '#2f3357', mark: '#e2bd6c', zoom: { scale: 1.7, center: [405, 560] } },
    ],
    jarCandle,
  ),
  'twisted-tapers': drawing<TapersLook>(
    [
      { colors: ['#c8553d', '#efe0c8', '#7d5a74'], metal: gold, zoom: { scale: 1.22, center: [408, 540] } },
      { colors: ['#5f7d78', '#d99a4e', '#efe0c8'], metal: '#b98d4a', zoom: { scale: 1.5, center: [420, 420] } },
    ],
    tapers,
  ),
};
