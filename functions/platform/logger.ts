import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

/**
 * Writes of an error only its name, words, stack and cause. Errors of the SDK and of the table carry whole rows in
 * further members, with the phone and the code of a checkout: the library's own formatter would print them.
 */
class LineFormatter extends LogFormatter {
  override formatAttributes(
    { logLevel, message, timestamp, serviceName, xRayTraceId }: UnformattedAttributes,
    additional: LogAttributes,
  ): LogItem {
    const attributes = {
      level: logLevel,
      message,
      timestamp: this.formatTimestamp(timestamp),
      service: serviceName,
      xray_trace_id: xRayTraceId,
    };
    return new LogItem({ attributes }).addAttributes(additional);
  }

  override formatError({ name, message, stack, cause }: Error): LogAttributes {
    return {
      name,
      message,
      location: this.getCodeLocation(stack),
      stack,
      ...(cause instanceof Error && { cause: this.formatError(cause) }),
    };
  }
}

/**
 * The log of a function: JSON lines with ids, codes and durations. Never a phone, a name, a text, a token or a whole
 * event; never a checkout code either, for whoever has it may act on the checkout.
 */
export const logger = new Logger({ logFormatter: new LineFormatter() });
