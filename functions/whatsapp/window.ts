const HOUR = 3_600_000;

/** How long a customer may be answered freely after their own last message. */
export const WINDOW_HOURS = 24;

/** How long messages are free of charge after answering a customer who came by an advertisement. */
export const FREE_ENTRY_HOURS = 72;

/** The window is taken as shut a little early, for a message takes time to reach Meta and clocks differ. */
export const MARGIN_MINUTES = 5;

const notOpening: ReadonlySet<string> = new Set(['edit', 'revoke', 'system', 'unreadable']);

/** Whether a message of this type, from the customer, opens the window: what tells of a change does not. */
export const canOpenWindow = (messageType: string): boolean => !notOpening.has(messageType);

const addHours = (from: Date, hours: number): Date => new Date(from.getTime() + hours * HOUR);

/** When the window opened by the customer's message ends. The time is Meta's own, not that of arrival. */
export const windowEnd = (customerWroteAt: Date): Date => addHours(customerWroteAt, WINDOW_HOURS);

/** Whether anything but a template may be sent now. A free entry point does not lengthen this window. */
export const canSendFreeForm = (customerWroteAt: Date | undefined, now: Date): boolean =>
  customerWroteAt !== undefined && now.getTime() < windowEnd(customerWroteAt).getTime() - MARGIN_MINUTES * 60_000;

/**
 * When messages to a customer who came by an advertisement stop being free: counted from our answer, if it was given
 * within the day. For forecasts only; what Meta charged is in the status of each message.
 */
export const freeEntryEnd = (cameAt: Date, answeredAt: Date): Date | undefined =>
  answeredAt >= cameAt && answeredAt <= addHours(cameAt, WINDOW_HOURS)
    ? addHours(answeredAt, FREE_ENTRY_HOURS)
    : undefined;
