import { type AnswerPorts, answerAboutCheckouts } from '../checkouts/answer-checkout-message.ts';
import { type AnswerConsentPorts, answerConsent, hearConsent } from '../contacts/answer-consent.ts';
import type { ReceiveEventPorts } from './receive-event.ts';

/** What is noted of what customers write, and who answers what customers write: their word about marketing first, then what concerns a checkout. */
export const answerCustomers = (
  ports: AnswerPorts & AnswerConsentPorts,
): Required<Pick<ReceiveEventPorts, 'respond' | 'hear'>> => ({
  respond: answerConsent(ports, answerAboutCheckouts(ports)),
  hear: hearConsent(ports),
});
