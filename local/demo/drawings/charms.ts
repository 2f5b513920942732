import { type Brush, circle, ellipse, group, type Point, path, placed, points, rect } from './brush.ts';
import { drawing, type Zoom } from './drawing.ts';
import {
  curve,
  fallenShadow,
  flatFill,
  gold,
  ink,
  metalFill,
  roundFill,
  shade,
  shadow,
  tint,
  turned,
  wood,
} from './light.ts';
import { crescentPath, openEye, sparkle, sun } from './motifs.ts';
import { gem, pearl } from './stones.ts';

interface NecklaceLook {
  cloth: string;
  metal: string;
  stone: string;
  zoom?: Zoom;
}

const chain: readonly Point[] = points('345 316, 328 420, 354 540, 400 606, 446 540, 472 420, 455 316');

const pendant = (brush: Brush, { metal, stone }: NecklaceLook): string =>
  [
    circle([400, 600], 10, { fill: 'none', stroke: metalFill(brush, metal), 'stroke-width': 5 }),
    circle([410, 672], 66, { fill: ink, opacity: 0.3, filter: brush.blur(7) }),
    sun([400, 664], 84, metalFill(brush, metal), 24),
    circle([400, 664], 54, { fill: metalFill(brush, metal) }),
    circle([400, 664], 45, { fill: shade(metal, 0.55) }),
    openEye([400, 666], 37, tint(metal, 0.3), stone, 4),
    pearl(brush, [400, 764], 13),
  ].join('');

const necklace = (brush: Brush, look: NecklaceLook): string => {
  const { cloth, metal } = look;
  const bust =
    'M346 236C346 330 340 366 296 396C226 434 180 458 178 520C178 612 240 690 272 800H528C560 690 622 612 622 520C620 458 574 434 504 396C460 366 454 330 454 236Z';
  const side = `${ink} 0 0.22, #ffffff 0.25 0.3, #ffffff 0.55 0, ${ink} 1 0.32`;
  const line = curve(chain);
  return [
    shadow(brush, [410, 812], 200),
    turned(brush, { x: 400, profile: points('118 790, 130 816') }, wood),
    path(bust, { fill: cloth }),
    path(bust, { fill: brush.linear(side) }),
    path(bust, {
      fill: brush.linear(`${ink} 0 0.1, #ffffff 0.3 0.14, ${ink} 1 0.22`, 'down'),
    }),
    ellipse([400, 236], 58, 14, { fill: wood }),
    ellipse([400, 234], 50, 10, { fill: tint(wood, 0.35) }),
    circle([400, 214], 20, {
      fill: brush.radial(`${tint(wood, 0.5)} 0, ${shade(wood, 0.3)} 1`, [0.35, 0.3]),
    }),
    path(line, {
      fill: 'none',
      stroke: ink,
      'stroke-width': 8,
      opacity: 0.25,
      transform: 'translate(8 7)',
      filter: brush.blur(4),
    }),
    path(line, { fill: 'none', stroke: shade(metal, 0.3), 'stroke-width': 7 }),
    path(line, {
      fill: 'none',
      stroke: tint(metal, 0.55),
      'stroke-width': 5,
      'stroke-dasharray': '7 5',
      'stroke-linecap': 'round',
    }),
    pearl(brush, [337, 484], 11) + pearl(brush, [463, 484], 11),
    pendant(brush, look),
  ].join('');
};

interface BroochLook {
  wing: string;
  lower: string;
  foil: string;
  zoom?: Zoom;
}

/** The right half of a moth; the left one is its mirror. */
const mothWing = (brush: Brush, { wing, lower, foil }: BroochLook): string =>
  [
    path('M8 26C70 40 150 70 168 130C176 176 130 206 92 180C50 154 20 96 6 62Z', {
      fill: brush.linear(`${tint(lower, 0.3)} 0, ${shade(lower, 0.25)} 1`, 'slant'),
      stroke: foil,
      'stroke-width': 5,
    }),
    path('M8 0C60 -100 170 -150 256 -140C274 -80 250 0 190 44C130 70 50 60 8 34Z', {
      fill: brush.linear(`${tint(wing, 0.35)} 0, ${wing} 0.6, ${shade(wing, 0.3)} 1`, 'slant'),
      stroke: foil,
      'stroke-width': 6,
    }),
    path('M12 14Q120 -50 246 -132M14 20Q130 -6 232 -50M14 26Q110 40 196 30M12 60Q70 110 110 178', {
      fill: 'none',
      stroke: foil,
      'stroke-width': 3,
      opacity: 0.8,
    }),
    circle([168, -34], 30, { fill: foil }),
    circle([168, -34], 21, { fill: shade(wing, 0.5) }),
    path(crescentPath([168, -34], 15, 0.5), { fill: tint(foil, 0.4) }),
    sparkle([100, 112], 18, foil),
    [0, 1, 2, 3].map((index) => circle([226 - index * 14, 4 + index * 12], 5, { fill: tint(foil, 0.4) })).join(''),
    path('M6 -30C20 -76 50 -96 74 -104M22 -58l18 -2M34 -76l18 0', {
      fill: 'none',
      stroke: foil,
      'stroke-width': 4,
      'stroke-linecap': 'round',
    }),
  ].join('');

const brooch = (brush: Brush, look: BroochLook): string => {
  const half = mothWing(brush, look);
  return [
    shadow(brush, [410, 806], 220, 0.9),
    placed(
      [400, 520],
      -3,
      fallenShadow(brush, rect([-230, -280], 460, 560, {}), [30, 22], 18, 0.38),
      rect([-230, -280], 460, 560, { rx: 14, fill: flatFill(brush, '#f7eee0') }),
      rect([-206, -256], 412, 512, { rx: 8, fill: 'none', stroke: look.foil, 'stroke-width': 2.5, opacity: 0.7 }),
      circle([0, 10], 186, {
        fill: 'none',
        stroke: look.foil,
        'stroke-width': 2.5,
        opacity: 0.45,
        'stroke-dasharray': '3 12',
        'stroke-linecap': 'round',
      }),
      sparkle([0, -206], 20, look.foil) + sparkle([0, 216], 15, look.foil),
    ),
    group(
      { transform: 'translate(414 540) rotate(-3) scale(0.94)', opacity: 0.35, filter: brush.blur(8) },
      ellipse([0, -20], 250, 90, { fill: ink }),
      ellipse([0, 100], 140, 80, { fill: ink }),
    ),
    group(
      { transform: 'translate(400 520) rotate(-3) scale(0.94)' },
      half,
      group({ transform: 'scale(-1 1)' }, half),
      mothBody(brush, look),
    ),
  ].join('');
};

const mothBody = (brush: Brush, { wing, foil }: BroochLook): string =>
  [
    path('M0 -50C26 -46 24 0 20 40C18 90 10 140 0 164C-10 140 -18 90 -20 40C-24 0 -26 -46 0 -50Z', {
      fill: roundFill(brush, shade(wing, 0.3)),
      stroke: foil,
      'stroke-width': 4,
    }),
    path('M-17 64Q0 76 17 64M-14 92Q0 104 14 92M-10 118Q0 128 10 118', {
      fill: 'none',
      stroke: foil,
      'stroke-width': 4,
    }),
    gem(brush, [0, 12], 17, '#c8553d'),
  ].join('');

export const charms = {
  'amulet-necklace': drawing<NecklaceLook>(
    [
      { cloth: '#f0e6da', metal: gold, stone: '#3f7f8c', zoom: { scale: 1.2, center: [404, 545] } },
      { cloth: '#4b3a4a', metal: gold, stone: '#a6503f', zoom: { scale: 1.9, center: [404, 580] } },
    ],
    necklace,
  ),
  'moth-brooch': drawing<BroochLook>(
    [{ wing: '#35567a', lower: '#b9573f', foil: gold, zoom: { scale: 1.18, center: [404, 540] } }],
    brooch,
  ),
};
