import { Logger } from '@aws-lambda-powertools/logger';

/**
 * The log of a function: JSON lines with ids, codes and durations. Never a phone, a name, a text, a token or a whole
 * event; never a checkout code either, for whoever has it may act on the checkout.
 */
export const logger = new Logger();
