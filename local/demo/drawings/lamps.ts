import { type Brush, circle, d, ellipse, type Point, path, points, times } from './brush.ts';
import { drawing, type Zoom } from './drawing.ts';
import {
  curve,
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

interface LampLook {
  base: string;
  dome: string;
  zoom?: Zoom;
}

const mushroomLamp = (brush: Brush, { base, dome }: LampLook): string => {
  const foot = { x: 400, profile: points('40 500, 46 600, 70 700, 128 780, 132 806') };
  const cap = 'M158 520C158 300 290 236 400 236C510 236 642 300 642 520C560 566 240 566 158 520Z';
  const lit = brush.radial(`#fffbe8 0, ${tint(dome, 0.55)} 0.45, ${dome} 0.85, ${shade(dome, 0.16)} 1`, [0.48, 0.78]);
  return [
    halo(brush, [400, 520], 560, 0.75),
    shadow(brush, [400, 812], 140, 1.1),
    ellipse([400, 822], 320, 70, {
      fill: brush.radial('#ffe2a4 0 0.7, #ffe2a4 1 0'),
    }),
    turned(brush, foot, base, 0.5),
    path(turnedOutline(foot), {
      fill: brush.linear('#ffe7b5 0 0.75, #ffd98a 0.45 0', 'down'),
    }),
    ellipse([400, 520], 240, 36, { fill: '#fff3cf' }),
    path(cap, { fill: lit }),
    path('M158 520C240 566 560 566 642 520C560 582 240 582 158 520Z', { fill: shade(dome, 0.12), opacity: 0.8 }),
    path('M206 440C224 340 280 288 340 270', {
      fill: 'none',
      stroke: '#ffffff',
      'stroke-width': 16,
      'stroke-linecap': 'round',
      opacity: 0.5,
      filter: brush.blur(6),
    }),
    circle([400, 232], 15, { fill: metalFill(brush) }),
  ].join('');
};

interface LanternLook {
  rib: string;
  paper: string;
  zoom?: Zoom;
}

const lantern = (brush: Brush, { rib, paper }: LanternLook): string => {
  const lit = brush.radial(`#fffbe6 0, ${tint(paper, 0.6)} 0.4, ${paper} 0.8, ${shade(paper, 0.22)} 1`, [0.5, 0.55]);
  const ribs = times(9, (index) => {
    const y = 270 + index * 52;
    const half = Math.sqrt(Math.max(0, 1 - ((y - 478) / 250) ** 2)) * 258;
    return d`M${400 - half} ${y}Q400 ${y + half * 0.24} ${400 + half} ${y}`;
  });
  const weave = times(7, (index) => d`M400 230Q${400 + (index - 3) * 178} 478 400 728`);
  return [
    path('M400 -200V236', { stroke: shade(rib, 0.5), 'stroke-width': 6 }),
    halo(brush, [400, 480], 620, 0.75),
    ellipse([400, 900], 330, 60, {
      fill: brush.radial('#ffe2a4 0 0.75, #ffe2a4 1 0'),
    }),
    ellipse([400, 478], 258, 250, { fill: lit }),
    path(ribs, { fill: 'none', stroke: rib, 'stroke-width': 6, opacity: 0.75 }),
    path(weave, { fill: 'none', stroke: rib, 'stroke-width': 4, opacity: 0.55 }),
    ellipse([400, 478], 258, 250, { fill: 'none', stroke: shade(rib, 0.2), 'stroke-width': 6 }),
    turned(brush, { x: 400, profile: points('52 222, 58 244') }, wood),
    ellipse([400, 222], 52, 52 * TILT, { fill: tint(wood, 0.25) }),
    turned(brush, { x: 400, profile: points('60 714, 54 736') }, wood),
  ].join('');
};

interface FireflyLook {
  glass: string;
  light: string;
  zoom?: Zoom;
}

const jar = { x: 400, profile: points('112 350, 114 380, 166 430, 176 560, 174 760, 150 806') };

const wire: readonly Point[] = points(
  '400 360, 330 430, 470 480, 290 540, 500 590, 300 650, 490 700, 310 740, 420 780',
);

const fireflyJar = (brush: Brush, { glass, light }: FireflyLook): string => {
  const spark = (index: number): string => {
    const at: Point = [262 + ((index * 0.618) % 1) * 276, 450 + index * 19];
    return halo(brush, at, 30 + ((index * 17) % 28), 0.95) + circle(at, 5 + (index % 3), { fill: light });
  };
  const outline = turnedOutline(jar);
  return [
    halo(brush, [400, 600], 520, 0.7),
    shadow(brush, [400, 812], 170, 1.1),
    ellipse([400, 824], 330, 70, {
      fill: brush.radial('#ffe2a4 0 0.75, #ffe2a4 1 0'),
    }),
    path(outline, { fill: glass, opacity: 0.35 }),
    path(outline, { fill: roundFill(brush, glass), opacity: 0.3 }),
    path(curve(wire), { fill: 'none', stroke: '#b98d4a', 'stroke-width': 2.5, opacity: 0.8 }),
    times(17, spark),
    sheen(brush, jar, 0.6),
    path(outline, { fill: 'none', stroke: '#ffffff', 'stroke-width': 5, opacity: 0.5 }),
    turned(brush, { x: 400, profile: points('124 286, 126 352') }, wood),
    ellipse([400, 286], 124, 124 * TILT, { fill: roundFill(brush, tint(wood, 0.25)) }),
    path('M284 392C340 420 460 420 516 392', { fill: 'none', stroke: '#d9b98a', 'stroke-width': 9 }),
    path('M470 404C500 440 486 480 496 520M470 404C456 440 452 470 440 500', {
      fill: 'none',
      stroke: '#d9b98a',
      'stroke-width': 6,
      'stroke-linecap': 'round',
    }),
    path('M276 792Q400 836 524 792', { fill: 'none', stroke: ink, 'stroke-width': 5, opacity: 0.15 }),
  ].join('');
};

export const lamps = {
  'mushroom-lamp': drawing<LampLook>(
    [
      { base: '#c8664d', dome: '#f3c98b' },
      { base: '#5f8a82', dome: '#f0d9b0', zoom: { scale: 1.6, center: [400, 480] } },
    ],
    mushroomLamp,
  ),
  'paper-lantern': drawing<LanternLook>(
    [{ rib: '#b07a45', paper: '#f2c885', zoom: { scale: 1.12, center: [400, 530] } }],
    lantern,
  ),
  'firefly-jar': drawing<FireflyLook>([{ glass: '#b9cfd2', light: '#fff7d6' }], fireflyJar),
};
