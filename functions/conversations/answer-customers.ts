import { type AnswerPorts, answerAboutCheckouts } from '../checkouts/answer-checkout-message.ts';
import { type AnswerConsentPorts, answerConsent, overhearConsent } from '../contacts/answer-consent.ts';
import type { ReceiveEventPorts } from './receive-event.ts';

/** Who answers what customers write: their word about marketing first, then what concerns a checkout. */
export const answerCustomers = (
  ports: AnswerPorts & AnswerConsentPorts,
): Required<Pick<ReceiveEventPorts, 'respond' | 'overhear'>> => ({
  respond: answerConsent(ports, answerAboutCheckouts(ports)),
  overhear: overhearConsent(ports),
});
