import { type Brush, circle, createRandom, d, ellipse, group, type Point, path, points, times } from './brush.ts';
import { drawing, type Zoom } from './drawing.ts';
import { dip, specks } from './glaze.ts';
import {
  fallenShadow,
  gold,
  ink,
  mouth,
  roundFill,
  shade,
  shadow,
  sheen,
  tint,
  turned,
  turnedOutline,
  wisp,
  wood,
} from './light.ts';
import { sparkle, sun } from './motifs.ts';

interface MugLook {
  clay: string;
  glaze: string;
  mark: string;
  zoom?: Zoom;
}

const mug = (brush: Brush, { clay, glaze, mark }: MugLook): string => {
  const body = { x: 380, profile: points('158 508, 162 640, 152 748, 118 800') };
  const handle = 'M528 560C664 530 678 726 520 730';
  const outline = turnedOutline(body);
  return [
    shadow(brush, [390, 806], 150),
    path(handle, { fill: 'none', stroke: shade(glaze, 0.32), 'stroke-width': 40, 'stroke-linecap': 'round' }),
    path(handle, {
      fill: 'none',
      stroke: glaze,
      'stroke-width': 30,
      'stroke-linecap': 'round',
      transform: 'translate(-3 -3)',
    }),
    path(handle, { fill: 'none', stroke: '#ffffff', 'stroke-width': 6, opacity: 0.4, transform: 'translate(-4 -12)' }),
    turned(brush, body, clay),
    dip(brush, body, 694, glaze),
    specks(brush, outline, shade(clay, 0.6), 3),
    sheen(brush, body, 0.5),
    sun([392, 616], 66, mark, 20),
    circle([392, 616], 27, { fill: shade(glaze, 0.35) }),
    mouth(brush, [380, 508], 158, glaze, shade(clay, 0.12)),
    ellipse([380, 519], 138, 20, {
      fill: brush.linear('#3b2018 0, #6b402a 0.7, #8a5a3a 1'),
    }),
    wisp(brush, points('350 500, 326 440, 372 384, 338 320, 366 250'), 24, 0.6),
    wisp(brush, points('420 500, 446 446, 402 400, 436 340, 410 290'), 16, 0.45),
  ].join('');
};

interface BowlLook {
  outer: string;
  glaze: string;
  second: string;
  zoom?: Zoom;
}

/** A bowl that stands at `y`. */
const oneBowl = (brush: Brush, y: number, r: number, clay: string, glaze: string): string => {
  const rim = y - r * 0.78;
  const profile = points(
    `${r} ${rim}, ${r * 0.93} ${rim + r * 0.3}, ${r * 0.66} ${y - r * 0.14}, ${r * 0.42} ${y - 12}, ${r * 0.42} ${y}`,
  );
  const body = { x: 400, profile };
  return [
    turned(brush, body, clay),
    dip(brush, body, rim + r * 0.3, glaze),
    specks(brush, turnedOutline(body), shade(clay, 0.6), r),
    sheen(brush, body, 0.4),
    mouth(brush, [400, rim], r, glaze, tint(glaze, 0.1)),
  ].join('');
};

const bowls = (brush: Brush, { outer, glaze, second }: BowlLook): string => {
  const pool = brush.radial(`${tint(glaze, 0.5)} 0 0.7, ${tint(glaze, 0.25)} 0.5 0.4, ${glaze} 1 0`);
  return [
    shadow(brush, [400, 806], 190),
    oneBowl(brush, 806, 232, outer, second),
    oneBowl(brush, 704, 244, outer, glaze),
    ellipse([420, 532], 150, 18, { fill: pool }),
    [0, 1, 2]
      .map((ring) =>
        ellipse([404, 520 + ring * 5], 190 - ring * 52, 26 - ring * 8, {
          fill: 'none',
          stroke: tint(glaze, 0.7),
          'stroke-width': 2,
          opacity: 0.45,
        }),
      )
      .join(''),
    sparkle([330, 520], 10, '#ffffff'),
  ].join('');
};

interface PlateLook {
  glaze: string;
  line: string;
  zoom?: Zoom;
}

const starsOnPlate: readonly Point[] = points(
  '300 420, 356 380, 420 430, 486 400, 520 470, 470 540, 386 560, 330 610, 450 640',
);

const plate = (brush: Brush, { glaze, line }: PlateLook): string => {
  const [x, y] = [400, 520] as const;
  const well = brush.radial(`${tint(glaze, 0.2)} 0, ${glaze} 0.8, ${shade(glaze, 0.25)} 1`, [0.36, 0.3]);
  const joined = starsOnPlate.map(([px, py], index) => d`${index ? 'L' : 'M'}${px} ${py}`).join('');
  const random = createRandom(21);
  const dust = times(34, () => {
    const [angle, far] = [random() * 6.283, Math.sqrt(random()) * 186];
    return circle([x + Math.cos(angle) * far, y + Math.sin(angle) * far], 1 + random() * 2, {});
  });
  return [
    shadow(brush, [400, 796], 190, 0.9),
    turned(brush, { x: 400, profile: points('168 776, 172 802') }, wood),
    ellipse([400, 776], 168, 30, { fill: roundFill(brush, tint(wood, 0.2)) }),
    fallenShadow(brush, circle([x, y], 268, {}), [34, 22], 18),
    circle([x + 5, y + 4], 270, { fill: shade(glaze, 0.55) }),
    circle([x, y], 270, {
      fill: brush.linear(`${tint(glaze, 0.35)} 0, ${glaze} 0.5, ${shade(glaze, 0.35)} 1`, 'slant'),
    }),
    circle([x, y], 262, { fill: 'none', stroke: line, 'stroke-width': 7 }),
    circle([x + 2, y + 2], 204, { fill: well }),
    circle([x, y], 204, { fill: 'none', stroke: ink, 'stroke-width': 4, opacity: 0.25 }),
    group({ fill: line, opacity: 0.7 }, dust),
    path(joined, { fill: 'none', stroke: line, 'stroke-width': 2.5, opacity: 0.8 }),
    starsOnPlate.map((at, index) => sparkle(at, index % 3 ? 15 : 25, line)).join(''),
    path('M210 420A222 222 0 0 1 380 300', {
      fill: 'none',
      stroke: '#ffffff',
      'stroke-width': 16,
      'stroke-linecap': 'round',
      opacity: 0.35,
      filter: brush.blur(5),
    }),
    [306, 494]
      .map(
        (peg) =>
          turned(brush, { x: peg, profile: points('15 742, 19 792') }, wood) +
          ellipse([peg, 742], 15, 4, { fill: tint(wood, 0.4) }),
      )
      .join(''),
  ].join('');
};

interface TeapotLook {
  glaze: string;
  clay: string;
  zoom?: Zoom;
}

const teapot = (brush: Brush, { glaze, clay }: TeapotLook): string => {
  const body = { x: 400, profile: points('86 556, 150 588, 188 668, 166 756, 112 804') };
  const top = { x: 400, profile: points('26 506, 60 524, 92 556') };
  const arch = 'M262 596C232 330 568 330 538 596';
  const spout = 'M556 700C630 690 616 600 676 566L708 584C668 640 690 742 548 768Z';
  return [
    shadow(brush, [410, 810], 168),
    path(arch, { fill: 'none', stroke: shade(wood, 0.4), 'stroke-width': 24, 'stroke-linecap': 'round' }),
    path(arch, {
      fill: 'none',
      stroke: tint(wood, 0.1),
      'stroke-width': 15,
      'stroke-linecap': 'round',
      transform: 'translate(-2 -3)',
    }),
    path(arch, {
      fill: 'none',
      stroke: shade(wood, 0.5),
      'stroke-width': 24,
      'stroke-dasharray': '3 40',
      opacity: 0.7,
    }),
    path(spout, {
      fill: brush.linear(`${shade(glaze, 0.15)} 0, ${tint(glaze, 0.25)} 0.5, ${shade(glaze, 0.3)} 1`, 'down'),
    }),
    ellipse([692, 574], 20, 9, { fill: shade(clay, 0.6), transform: 'rotate(30 692 574)' }),
    turned(brush, body, clay),
    dip(brush, body, 718, glaze),
    specks(brush, turnedOutline(body), shade(glaze, 0.6), 5),
    sheen(brush, body, 0.6),
    ellipse([400, 558], 96, 20, { fill: shade(glaze, 0.4) }),
    turned(brush, top, glaze, 0.5),
    circle([400, 494], 25, {
      fill: brush.radial(`${tint(wood, 0.5)} 0, ${shade(wood, 0.25)} 1`, [0.35, 0.3]),
    }),
    wisp(brush, points('706 550, 734 490, 696 430, 740 360, 716 290'), 20, 0.6),
    sparkle([440, 690], 26, gold),
    sparkle([386, 660], 12, gold),
    sparkle([400, 722], 9, gold),
  ].join('');
};

export const tableware = {
  'eclipse-mug': drawing<MugLook>(
    [
      { clay: '#e9dcc6', glaze: '#2f4858', mark: '#e0ae4f', zoom: { scale: 1.5, center: [418, 590] } },
      { clay: '#e3cfb8', glaze: '#c8664d', mark: '#f3d9a0', zoom: { scale: 2, center: [424, 620] } },
    ],
    mug,
  ),
  'tide-bowls': drawing<BowlLook>([{ outer: '#e7d8c2', glaze: '#5f9296', second: '#c77b58' }], bowls),
  'star-plate': drawing<PlateLook>(
    [
      { glaze: '#27395a', line: '#e4bd68' },
      { glaze: '#27395a', line: '#e4bd68', zoom: { scale: 2, center: [360, 470] } },
    ],
    plate,
  ),
  'mist-teapot': drawing<TeapotLook>(
    [{ glaze: '#7d9a86', clay: '#e6d9c3', zoom: { scale: 1.25, center: [440, 590] } }],
    teapot,
  ),
};
