import { GraphRefusal } from '../graph-refusal.ts';
import type { CardButton } from '../simulator-api.ts';
import { maybeTextOf, numberOf, type Part, partOf, partsOf, textOf, wordOf } from './part.ts';
import { parameterKeys } from './template-parameters.ts';
import { fill, type ShapeButton, variablesOf } from './template-shape.ts';

/** A button with what was sent for it. */
interface FilledButton {
  button: Omit<CardButton, 'index'>;
  payload?: string;
}

/** What a button wants of a send. Source: Meta, "Template components", buttons. */
interface ButtonRule {
  subTypes: readonly string[];
  isRequired: (button: ShapeButton) => boolean;
  fill: (button: ShapeButton, parameter: Part | undefined) => FilledButton;
}

const subTypes = [
  'url',
  'quick_reply',
  'copy_code',
  'flow',
  'catalog',
  'mpm',
  'spm',
  'voice_call',
  'order_details',
] as const;

const never = () => false;

const looks =
  (kind: CardButton['kind']) =>
  ({ text, phone }: ShapeButton): FilledButton => ({ button: { kind, label: text, ...(phone && { phone }) } });

const typed = (parameter: Part | undefined, type: string, of: string): Part | undefined => {
  if (!parameter) return undefined;
  const given = textOf(parameter, 'type', { most: 50 });
  if (given !== type)
    throw new GraphRefusal(132012, `buttons: a ${of} takes a parameter of type ${type}, not ${given}`);
  return parameter;
};

const fillUrl: ButtonRule['fill'] = ({ text, url = '' }, parameter) => {
  const suffix = parameter && textOf(parameter, 'text', { most: 2000 });
  typed(parameter, 'text', 'URL button');
  const [variable] = variablesOf(url);
  if (suffix !== undefined && variable === undefined) {
    throw new GraphRefusal(132000, 'buttons: the URL has no variable and takes no parameter');
  }
  const address = fill(url, suffix === undefined || variable === undefined ? {} : { [variable]: suffix });
  if (!URL.canParse(address) || address.length > 2000) throw new GraphRefusal(131009, 'buttons: the URL is not valid');
  return { button: { kind: 'url', label: text, url: address } };
};

const fillCode: ButtonRule['fill'] = ({ text }, parameter) => {
  const code =
    parameter && textOf(typed(parameter, 'coupon_code', 'copy code button') ?? parameter, 'coupon_code', { most: 15 });
  return { button: { kind: 'copy', label: text, code } };
};

const fillQuickReply: ButtonRule['fill'] = ({ text }, parameter) => ({
  button: { kind: 'quick_reply', label: text },
  payload: parameter ? textOf(typed(parameter, 'payload', 'quick reply') ?? parameter, 'payload', { most: 256 }) : text,
});

const fillFlow: ButtonRule['fill'] = ({ text }, parameter) => {
  const action = parameter && partOf(parameter, 'action', ['flow_token', 'flow_action_data']);
  if (action) maybeTextOf(action, 'flow_token', { most: 1000 });
  return { button: { kind: 'flow', label: text } };
};

const fillOtp: ButtonRule['fill'] = ({ text }, parameter) => ({
  button: { kind: 'copy', label: text, code: parameter && textOf(parameter, 'text', { most: 15 }) },
});

const rules: Readonly<Record<string, ButtonRule>> = {
  URL: { subTypes: ['url'], isRequired: ({ url = '' }) => variablesOf(url).length > 0, fill: fillUrl },
  QUICK_REPLY: { subTypes: ['quick_reply'], isRequired: never, fill: fillQuickReply },
  COPY_CODE: { subTypes: ['copy_code'], isRequired: () => true, fill: fillCode },
  OTP: { subTypes: ['url'], isRequired: () => true, fill: fillOtp },
  FLOW: { subTypes: ['flow'], isRequired: never, fill: fillFlow },
  CATALOG: { subTypes: ['catalog'], isRequired: never, fill: looks('catalog') },
  MPM: { subTypes: ['mpm'], isRequired: () => true, fill: looks('catalog') },
  SPM: { subTypes: ['spm'], isRequired: never, fill: looks('product') },
  PHONE_NUMBER: { subTypes: [], isRequired: never, fill: looks('phone') },
  VOICE_CALL: { subTypes: ['voice_call'], isRequired: never, fill: looks('call') },
  REQUEST_CONTACT_INFO: { subTypes: [], isRequired: never, fill: looks('request_contact_info') },
};

const ruleOf = ({ type }: ShapeButton): ButtonRule => {
  const rule = rules[type];
  if (!rule) throw new GraphRefusal(132012, `buttons: ${type} cannot be sent`);
  return rule;
};

const indexOf = (component: Part, count: number): number => {
  if (component.members['index'] === undefined) throw new GraphRefusal(131008, 'buttons: index is missing');
  return numberOf(component, 'index', 0, count - 1);
};

const parameterFor = (components: readonly Part[], index: number, shape: ShapeButton): Part | undefined => {
  const component = components[0];
  if (components.length > 1) throw new GraphRefusal(131009, `buttons: Button at index ${index} is given twice`);
  if (!component) return undefined;
  const subType = wordOf(component, 'sub_type', subTypes);
  if (!ruleOf(shape).subTypes.includes(subType)) {
    throw new GraphRefusal(132012, `buttons: Button at index ${index} is ${shape.type}, not ${subType}`);
  }
  return partsOf(component, 'parameters', parameterKeys, { least: 1, most: 1 })[0];
};

/** The buttons of a template with what was sent for them. Throws what Meta answers where that does not fit. */
export const fillButtons = (shapes: readonly ShapeButton[], components: readonly Part[]): FilledButton[] => {
  const placed = components.map((component) => ({ component, index: indexOf(component, shapes.length) }));
  return shapes.map((shape, index) => {
    const mine = placed.filter((one) => one.index === index).map(({ component }) => component);
    const parameter = parameterFor(mine, index, shape);
    if (!parameter && ruleOf(shape).isRequired(shape)) {
      const name = `${shape.type[0]}${shape.type.slice(1).toLowerCase()}`;
      throw new GraphRefusal(131008, `buttons: Button at index ${index} of type ${name} requires a parameter`);
    }
    return ruleOf(shape).fill(shape, parameter);
  });
};
