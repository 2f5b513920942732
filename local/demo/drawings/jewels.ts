import { type Brush, circle, d, ellipse, group, type Point, path, placed, points, rect, times } from './brush.ts';
import { drawing, type Zoom } from './drawing.ts';
import {
  gold,
  ink,
  metalFill,
  rodFill,
  roundFill,
  shade,
  shadow,
  TILT,
  tint,
  turned,
  turnedOutline,
  wood,
} from './light.ts';
import { crescentPath, sparkle, sun } from './motifs.ts';
import { gem, pearl } from './stones.ts';

/** A round block of speckled stone that jewels stand on. */
const plinth = (brush: Brush, [x, y]: Point, r: number, height: number, color: string): string => {
  const body = {
    x,
    profile: points(`${r} ${y - height}, ${r} ${y}`),
  };
  const veins = d`M${x - r} ${y - height * 0.3}q${r * 0.5} ${-height * 0.3} ${r * 0.9} 0t${r * 1.1} ${-height * 0.2}M${x - r * 0.3} ${y - height}q${r * 0.1} ${height * 0.5} ${r * 0.5} ${height * 1.2}`;
  return [
    shadow(brush, [x, y + 6], r),
    turned(brush, body, color),
    group(
      { 'clip-path': brush.clip(path(turnedOutline(body), {})) },
      path(veins, { fill: 'none', stroke: shade(color, 0.4), 'stroke-width': 3, opacity: 0.35 }),
    ),
    ellipse([x, y - height], r, r * TILT, {
      fill: brush.linear(`${tint(color, 0.6)} 0, ${color} 1`),
    }),
  ].join('');
};

interface RingLook {
  metal: string;
  stone: string;
  block: string;
  zoom?: Zoom;
}

const ring = (brush: Brush, { metal, stone, block }: RingLook): string =>
  [
    plinth(brush, [400, 800], 190, 110, block),
    ellipse([424, 694], 92, 16, { fill: ink, opacity: 0.35, filter: brush.blur(7) }),
    ellipse([408, 540], 132, 152, { fill: 'none', stroke: shade(metal, 0.5), 'stroke-width': 26 }),
    ellipse([400, 538], 134, 152, { fill: 'none', stroke: metalFill(brush, metal), 'stroke-width': 28 }),
    ellipse([398, 536], 142, 160, { fill: 'none', stroke: tint(metal, 0.7), 'stroke-width': 3, opacity: 0.7 }),
    path('M330 406L352 340H448L470 406Q400 428 330 406Z', { fill: metalFill(brush, metal) }),
    circle([400, 330], 84, { fill: metalFill(brush, metal) }),
    times(20, (index) => beadAround([400, 330], 79, index * 18, tint(metal, 0.4))),
    gem(brush, [400, 330], 64, stone),
    [
      [286, 436, 12],
      [304, 410, 16],
      [496, 410, 16],
      [514, 436, 12],
    ]
      .map(([x, y, r]) =>
        circle([x ?? 0, y ?? 0], r ?? 0, {
          fill: brush.radial(`${tint(stone, 0.6)} 0, ${stone} 0.5, ${shade(stone, 0.4)} 1`, [0.36, 0.32]),
          stroke: metal,
          'stroke-width': 5,
        }),
      )
      .join(''),
    sparkle([478, 268], 20, '#ffffff'),
  ].join('');

const beadAround = ([x, y]: Point, far: number, degrees: number, fill: string): string => {
  const angle = (degrees * Math.PI) / 180;
  return circle([x + Math.cos(angle) * far, y + Math.sin(angle) * far], 6.5, { fill });
};

interface EarringsLook {
  metal: string;
  stone: string;
  zoom?: Zoom;
}

/** An earring that hangs from a hook at the origin. */
const earring = (brush: Brush, { metal, stone }: EarringsLook): string =>
  [
    path('M0 0C22 -16 26 22 4 40L0 62', { fill: 'none', stroke: metalFill(brush, metal), 'stroke-width': 5 }),
    sun([0, 84], 36, metalFill(brush, metal), 8),
    gem(brush, [0, 84], 15, stone),
    path('M0 104V196', { stroke: shade(metal, 0.2), 'stroke-width': 4 }),
    placed(
      [0, 214],
      -90,
      path(crescentPath([0, 0], 78, 0.42), { fill: shade(metal, 0.5), transform: 'translate(-5 5)' }),
      path(crescentPath([0, 0], 78, 0.42), { fill: metalFill(brush, metal) }),
    ),
    sparkle([0, 214], 26, tint(metal, 0.25)),
    [-46, 0, 46]
      .map(
        (x) =>
          path(d`M${x} ${x ? 274 : 290}V${x ? 300 : 322}`, { stroke: metal, 'stroke-width': 3 }) +
          pearl(brush, [x, x ? 314 : 338], x ? 14 : 18),
      )
      .join(''),
  ].join('');

const earrings = (brush: Brush, look: EarringsLook): string =>
  [
    shadow(brush, [400, 806], 160),
    turned(brush, { x: 400, profile: points('132 782, 136 806') }, wood),
    ellipse([400, 782], 132, 132 * TILT, { fill: roundFill(brush, tint(wood, 0.25)) }),
    rect([389, 284], 22, 504, { fill: roundFill(brush, wood) }),
    rect([190, 270], 420, 24, { rx: 12, fill: rodFill(brush, wood) }),
    group(
      { fill: 'none', stroke: ink, 'stroke-width': 26, opacity: 0.16, filter: brush.blur(9) },
      path('M240 500A74 74 0 0 0 376 500M476 500A74 74 0 0 0 612 500', {}),
    ),
    group({ transform: 'translate(282 296)' }, earring(brush, look)),
    group({ transform: 'translate(518 296)' }, earring(brush, look)),
  ].join('');

export const jewels = {
  'orbit-ring': drawing<RingLook>(
    [
      { metal: gold, stone: '#6a4c93', block: '#efe6e2', zoom: { scale: 1.24, center: [408, 550] } },
      { metal: '#b9bcc4', stone: '#2f8f83', block: '#8d6f78', zoom: { scale: 1.8, center: [408, 430] } },
    ],
    ring,
  ),
  'moon-earrings': drawing<EarringsLook>(
    [
      { metal: gold, stone: '#3f7f8c', zoom: { scale: 1.32, center: [404, 540] } },
      { metal: gold, stone: '#3f7f8c', zoom: { scale: 2.3, center: [300, 480] } },
    ],
    earrings,
  ),
};
