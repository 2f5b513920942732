import { useState } from 'preact/hooks';
import { AccountPanel } from './account-panel.tsx';
import { useDesk } from './desk.ts';
import { KnobsPanel } from './knobs-panel.tsx';
import { TrafficPanel } from './traffic-panel.tsx';

const tabs = ['meta', 'traffic', 'account'] as const;
type Tab = (typeof tabs)[number];

const panels = { meta: KnobsPanel, traffic: TrafficPanel, account: AccountPanel } satisfies Record<Tab, unknown>;
const leads = { meta: 'metaLead', traffic: 'trafficLead', account: 'accountLead' } as const;

/** How Meta behaves today, what travels, and what Meta tells about the account. */
export const MetaDrawer = () => {
  const { words } = useDesk();
  const [tab, setTab] = useState<Tab>('meta');
  const Panel = panels[tab];
  return (
    <aside class="drawer" aria-label={words.meta}>
      <div class="chips">
        {tabs.map((one) => (
          <button key={one} type="button" class="chip" aria-pressed={tab === one} onClick={() => setTab(one)}>
            {words[one]}
          </button>
        ))}
      </div>
      <p class="soft small">{words[leads[tab]]}</p>
      <Panel />
    </aside>
  );
};
