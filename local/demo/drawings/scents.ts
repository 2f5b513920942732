import {
  type Brush,
  circle,
  createRandom,
  d,
  ellipse,
  type Point,
  path,
  placed,
  points,
  rect,
  times,
} from './brush.ts';
import { drawing, type Zoom } from './drawing.ts';
import {
  gold,
  halo,
  ink,
  metalFill,
  mouth,
  rodFill,
  roundFill,
  shade,
  shadow,
  sheen,
  TILT,
  tint,
  turned,
  turnedOutline,
  wisp,
  wood,
} from './light.ts';
import { crescentPath, leafPath, sparkle, sprig } from './motifs.ts';

interface DiffuserLook {
  liquid: string;
  label: string;
  zoom?: Zoom;
}

const diffuserBottle = { x: 390, profile: points('38 474, 38 536, 48 556, 118 606, 140 690, 132 780, 112 804') };

const reeds = times(7, (index) => {
  const lean = (index - 3) * 46;
  return d`M${390 - lean * 0.28} 740L${390 + lean + (index % 2) * 14} ${196 + Math.abs(index - 3) * 22 + (index % 3) * 16}`;
});

const diffuser = (brush: Brush, { liquid, label }: DiffuserLook): string => {
  const outline = turnedOutline(diffuserBottle);
  const full = { x: 390, profile: points('132 668, 134 720, 124 784, 108 796') };
  return [
    shadow(brush, [390, 812], 132),
    path(reeds, { stroke: shade('#d9b98a', 0.3), 'stroke-width': 12, 'stroke-linecap': 'round' }),
    path(reeds, { stroke: '#e3c697', 'stroke-width': 7, 'stroke-linecap': 'round', transform: 'translate(-1.5 0)' }),
    path(outline, { fill: '#ffffff', opacity: 0.3 }),
    path(turnedOutline(full), { fill: roundFill(brush, liquid), opacity: 0.88 }),
    ellipse([390, 668], 132, 132 * TILT, { fill: tint(liquid, 0.35), opacity: 0.95 }),
    sheen(brush, diffuserBottle, 0.9),
    path(outline, { fill: 'none', stroke: '#ffffff', 'stroke-width': 4, opacity: 0.55 }),
    turned(brush, { x: 390, profile: points('46 470, 46 512') }, wood),
    ellipse([390, 470], 46, 46 * TILT, { fill: tint(wood, 0.3) }),
    path('M318 668Q390 686 462 668V762Q390 780 318 762Z', { fill: label }),
    leafMark([390, 756], shade(liquid, 0.25)),
    sprig({
      stem: points('500 838, 580 800, 690 796'),
      leaves: 8,
      length: 58,
      width: 26,
      fills: ['#6f8a72', '#8aa387'],
      line: '#6b5a45',
    }),
  ].join('');
};

const leafMark = (at: Point, fill: string): string =>
  [-42, 0, 42].map((turn) => placed(at, turn, path(leafPath(turn ? 44 : 62, 13), { fill }))).join('');

interface BundleLook {
  leaf: string;
  flower: string;
  thread: string;
  zoom?: Zoom;
}

/** One leaf of the bundle: it lies along the axis, fanning out near the tip. */
const bundleLeaf = (random: () => number, { leaf, flower }: BundleLook, index: number): string => {
  const along = -220 + (index / 27) * 350;
  const across = (random() - 0.5) * (80 + index * 1.4);
  const fill = random() < 0.24 ? flower : shade(tint(leaf, random() * 0.45), random() * 0.3);
  return placed([along, across], 82 + across * 0.2 + random() * 12, path(leafPath(110 + random() * 30, 21), { fill }));
};

const herbBundle = (brush: Brush, look: BundleLook): string => {
  const random = createRandom(7);
  const turns = times(7, (index) => d`M${-196 + index * 46} -54q34 40 30 108M${-160 + index * 46} -54q-34 40 -30 108`);
  const stems = times(9, (index) => d`M-180 ${-24 + index * 6}L-320 ${-44 + index * 11}`);
  const smoke: Point[] = points('622 612, 652 540, 622 470, 668 390, 628 300, 668 200');
  return [
    shadow(brush, [410, 804], 250),
    turned(brush, { x: 400, profile: points('300 764, 280 792, 190 818') }, '#efe4d4'),
    mouth(brush, [400, 764], 300, '#efe4d4', '#e2d2be'),
    wisp(brush, smoke, 22, 0.6),
    wisp(
      brush,
      smoke.map(([x, y]): Point => [1266 - x, y - 20]),
      12,
      0.4,
    ),
    ellipse([420, 780], 250, 30, { fill: shade(look.leaf, 0.6), opacity: 0.35 }),
    placed(
      [398, 700],
      -17,
      path(stems, { stroke: '#7d6a4a', 'stroke-width': 8, 'stroke-linecap': 'round' }),
      ellipse([-10, 0], 210, 54, { fill: shade(look.leaf, 0.35) }),
      times(28, (index) => bundleLeaf(random, look, index)),
      path(turns, { fill: 'none', stroke: ink, 'stroke-width': 8, opacity: 0.35, transform: 'translate(3 3)' }),
      path(turns, { fill: 'none', stroke: look.thread, 'stroke-width': 5 }),
      ellipse([-20, -34], 220, 20, { fill: '#ffffff', opacity: 0.22, filter: brush.blur(9) }),
      circle([224, 6], 22, { fill: '#ff8a3c', opacity: 0.75, filter: brush.blur(9) }),
    ),
  ].join('');
};

interface IncenseLook {
  metal: string;
  base: string;
  zoom?: Zoom;
}

const incense = (brush: Brush, { metal, base }: IncenseLook): string => {
  const smoke: Point[] = points('596 330, 612 270, 566 214, 604 150, 570 84, 596 20');
  return [
    shadow(brush, [400, 800], 200),
    turned(brush, { x: 400, profile: points('210 768, 214 790, 200 808') }, base),
    ellipse([400, 768], 210, 210 * TILT, { fill: roundFill(brush, tint(base, 0.25)) }),
    ellipse([440, 772], 120, 20, { fill: shade(base, 0.5), opacity: 0.4 }),
    path(crescentPath([392, 560], 214, 0.5), { fill: shade(metal, 0.5), transform: 'translate(9 4)' }),
    path(crescentPath([392, 560], 214, 0.5), { fill: metalFill(brush, metal) }),
    [0, 1, 2, 3, 4].map((index) => starHole(index, metal)).join(''),
    path('M470 752L596 336', { stroke: '#5b3a35', 'stroke-width': 9, 'stroke-linecap': 'round' }),
    path('M470 752L512 614', { stroke: '#c99a62', 'stroke-width': 6, 'stroke-linecap': 'round' }),
    circle([596, 336], 8, { fill: '#ff8b45' }),
    halo(brush, [596, 336], 46, 0.9),
    wisp(brush, smoke, 20, 0.7),
    wisp(brush, curveAside(smoke), 11, 0.45),
    rect([452, 738], 40, 24, { rx: 8, fill: rodFill(brush, metal) }),
  ].join('');
};

const starHole = (index: number, metal: string): string => {
  const angle = ((124 + index * 28) * Math.PI) / 180;
  return sparkle([392 + Math.cos(angle) * 146, 560 + Math.sin(angle) * 146], index === 2 ? 24 : 15, shade(metal, 0.55));
};

const curveAside = (points: readonly Point[]): Point[] => points.map(([x, y]): Point => [1196 - x, y - 12]);

export const scents = {
  'reed-diffuser': drawing<DiffuserLook>([{ liquid: '#b77a35', label: '#fbf5e9' }], diffuser),
  'herb-bundle': drawing<BundleLook>(
    [{ leaf: '#8c9d7c', flower: '#8d76ad', thread: '#c8553d', zoom: { scale: 1.12, center: [404, 600] } }],
    herbBundle,
  ),
  'incense-moon': drawing<IncenseLook>([{ metal: gold, base: '#5d4a55' }], incense),
};
