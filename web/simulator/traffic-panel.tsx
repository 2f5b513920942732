import { useState } from 'preact/hooks';
import type { TrafficRecord } from '../../local/whatsapp-simulator/simulator-api.ts';
import { timeText, useDesk, useWorldNow } from './desk.ts';
import { ask } from './simulator-calls.ts';

const filters = ['all', 'webhooksOnly', 'graphOnly'] as const;
type Filter = (typeof filters)[number];

const fits = (record: TrafficRecord, filter: Filter): boolean =>
  filter === 'all' || (record.direction === 'webhook') === (filter === 'webhooksOnly');

/** JSON with room to breathe; anything else as it came. */
const laidOut = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
};

const Body = ({ label, body }: { label: string; body: string | undefined }) =>
  body ? (
    <>
      <h3 class="small">{label}</h3>
      <pre class="raw small">{laidOut(body)}</pre>
    </>
  ) : null;

const pathOf = (url: string): string => url.replace(/^https?:\/\/[^/]+/, '').replace(/^\/graph/, '');

const tone = (status: number | undefined): string => {
  if (status === undefined) return 'status is-open';
  return status < 300 ? 'status is-good' : 'status is-bad';
};

const Row = ({ record }: { record: TrafficRecord }) => {
  const { words, language, run } = useDesk();
  const isWebhook = record.direction === 'webhook';
  const notes = [
    timeText(record.at, language),
    record.field,
    record.attempt && record.attempt > 1 ? words.attempt(record.attempt) : undefined,
    record.durationMs === undefined ? undefined : `${Math.round(record.durationMs)} ms`,
    record.note,
  ].filter(Boolean);
  const [isOpen, setIsOpen] = useState(false);
  const again = () => void run(() => ask('POST', `/webhooks/${encodeURIComponent(record.trafficId)}/again`, {}));
  return (
    <details class="record" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        <span class={isWebhook ? 'way is-webhook' : 'way'}>{isWebhook ? 'webhook' : 'Graph'}</span>
        <span class="record-path">
          {record.method} {pathOf(record.url)}
          <span class="soft small">{notes.join(' · ')}</span>
        </span>
        <span class={tone(record.status)}>
          {record.status ?? '…'}
          {record.status === undefined && <span class="unseen">{words.noAnswer}</span>}
        </span>
      </summary>
      {isOpen && <Body label={words.request} body={record.requestBody} />}
      {isOpen && <Body label={words.answer} body={record.responseBody} />}
      {isOpen && isWebhook && (
        <button type="button" class="button" onClick={again}>
          {words.again}
        </button>
      )}
    </details>
  );
};

/** What travelled, newest first. */
export const TrafficPanel = () => {
  const { words, run } = useDesk();
  const world = useWorldNow();
  const [filter, setFilter] = useState<Filter>('all');
  const records = world.traffic.filter((record) => fits(record, filter)).toReversed();
  return (
    <div class="panel">
      <div class="chips">
        {filters.map((one) => (
          <button key={one} type="button" class="chip" aria-pressed={filter === one} onClick={() => setFilter(one)}>
            {words[one]}
          </button>
        ))}
        <button type="button" class="chip" onClick={() => void run(() => ask('DELETE', '/traffic'))}>
          {words.clear}
        </button>
      </div>
      {records.length === 0 && <p class="soft">{words.noTraffic}</p>}
      {records.map((record) => (
        <Row key={record.trafficId} record={record} />
      ))}
    </div>
  );
};
