import type { Clock } from '../clock.ts';
import type { Alarm } from './scheduler-alarm.ts';
import type { Message } from './sqs-message.ts';
import type { Queue } from './sqs-queue.ts';

interface Time {
  clock: Clock;
  alarm: Alarm;
  /** Ends the wait at once. */
  closing: AbortSignal;
}

/** What can be taken now or, where there is nothing, as soon as there is something; nothing when the time is over. */
export async function receiveWithin(
  queue: Queue,
  take: () => Message[],
  seconds: number,
  { clock, alarm, closing }: Time,
): Promise<Message[]> {
  const atOnce = take();
  if (atOnce.length > 0 || seconds === 0 || closing.aborted) return atOnce;
  return new Promise((resolve) => {
    const job = { dueAt: clock.now() + seconds * 1000, run: async () => end([]) };
    const end = (messages: Message[]) => {
      stopListening();
      alarm.remove(job);
      closing.removeEventListener('abort', giveUp);
      resolve(messages);
    };
    const giveUp = () => end([]);
    const stopListening = queue.onReady(() => {
      const messages = take();
      if (messages.length > 0) end(messages);
    });
    closing.addEventListener('abort', giveUp);
    alarm.add(job);
  });
}
