import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { buildQueue, type QueueEntry } from '#contract/attention.ts'
import { troubleIcon } from '../../format/cluster-words.ts'
import { failureWords } from '../../format/failure-words.ts'
import { whyWords } from '../../format/reason-words.ts'
import type { Text } from '../../format/text.ts'
import { ActionButton } from '../../marks/action-button.tsx'
import { Age } from '../../marks/ages.tsx'
import { StatusMark } from '../../marks/status-mark.tsx'
import { openOverlay } from '../../store/app.ts'
import { explainedBy } from '../../store/plans.ts'
import { helpfulActions } from '../../store/queue.ts'
import { diffOf, hrefOf } from '../../store/route.ts'
import { useApp, useClusters, useFleet, useText } from '../../store/use-app.ts'
import { Button, Kbd } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

const entryHeight = 108

/** What waits for a person, in all clusters, with the action in the entry (UI-STAT-6). */
export function Queue() {
  const text = useText()
  const { selection, plans } = useApp()
  const rollouts = useFleet((state) => state.rollouts)
  const loaded = useFleet((state) => state.loaded)
  const clusters = useClusters((state) => state.clusters)
  const underWay = useStore(plans, (state) => state.underWay)
  const entries = useMemo(() => buildQueue(rollouts, clusters, explainedBy(underWay)), [rollouts, clusters, underWay])
  const current = useStore(selection, (state) => state.queueEntry)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => entryHeight,
    getItemKey: (index) => entries[index]?.id ?? index,
    overscan: 4,
  })
  const at = entries.findIndex((entry) => entry.id === current)
  useEffect(() => {
    if (at >= 0) list.scrollToIndex(at)
  }, [list, at])
  return (
    <aside className="queue" data-region aria-label={text('queue.title')}>
      <div className="queue-head">
        <h2>{text('queue.title')}</h2>
        {entries.length > 0 && <span className="badge num">{entries.length}</span>}
        <span className="space" />
        <span className="faint small plain">{text('queue.next')}</span>
        <Kbd>N</Kbd>
      </div>
      <div
        ref={scroller}
        className="queue-list scroll"
        tabIndex={entries.length > 0 ? 0 : -1}
        role={entries.length > 0 ? 'list' : 'group'}
        aria-label={text('queue.title')}
      >
        {loaded && entries.length === 0 && <p className="queue-empty faint small">{text('queue.empty')}</p>}
        <div className="queue-sheet" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, start, key }) => {
            const entry = entries[index]
            return entry === undefined ? null : (
              <div
                key={key}
                ref={list.measureElement}
                data-index={index}
                role="listitem"
                className={`queue-entry${entry.id === current ? ' on' : ''}`}
                style={{ top: start }}
              >
                <Entry entry={entry} />
              </div>
            )
          })}
        </div>
      </div>
    </aside>
  )
}

function Entry({ entry }: { readonly entry: QueueEntry }) {
  switch (entry.kind) {
    case 'rollout':
      return <RolloutEntry entry={entry} />
    case 'drift':
      return <DriftEntry entry={entry} />
    case 'cluster':
      return <ClusterEntry entry={entry} />
  }
}

function Where({ entry }: { readonly entry: Exclude<QueueEntry, { kind: 'cluster' }> }) {
  const text = useText()
  const { name, namespace, context } = entry.view
  return (
    <div className="cut" title={`${context} ${namespace}/${name}`}>
      <span className="where">{name}</span> <span className="faint">{text('queue.in', { cluster: context })}</span>
    </div>
  )
}

function RolloutEntry({ entry }: { readonly entry: QueueEntry & { readonly kind: 'rollout' } }) {
  const app = useApp()
  const text = useText()
  const { view } = entry
  return (
    <>
      <div className="row">
        <StatusMark view={view} />
        <span className="space" />
        <Age since={entry.since} className="faint small" />
      </div>
      <Where entry={entry} />
      {view.why.length > 0 && <p className="why small">{whyWords(text, view.why)}</p>}
      {view.kind !== undefined && view.message !== '' && <p className="why small">{view.message}</p>}
      <div className="entry-actions">
        {helpfulActions(view).map((action) => (
          <ActionButton key={action} small view={view} action={action} />
        ))}
        <Button
          small
          label={text('action.open')}
          onPress={() => app.goTo(hrefOf({ page: 'rollout', key: entry.key }))}
        />
      </div>
    </>
  )
}

function DriftEntry({ entry }: { readonly entry: QueueEntry & { readonly kind: 'drift' } }) {
  const app = useApp()
  const text = useText()
  return (
    <>
      <div className="row">
        <span className="status ink-paused">
          <Icon name="drift" />
          {text('status.drift')}
        </span>
        <span className="space" />
        <Age since={entry.since} className="faint small" />
      </div>
      <Where entry={entry} />
      <p className="why small">{driftWords(text, entry)}</p>
      <div className="entry-actions">
        {entry.view.kind === undefined ? (
          <Button small label={text('action.diff')} onPress={() => app.goTo(hrefOf(diffOf(entry.key)))} />
        ) : (
          <Button
            small
            label={text('action.open')}
            onPress={() => app.goTo(hrefOf({ page: 'rollout', key: entry.key }))}
          />
        )}
      </div>
    </>
  )
}

/** UI-P-2: what it runs, what most clusters run, and how many those are. The same version may be of another template. */
function driftWords(text: Text, { view, majority }: QueueEntry & { readonly kind: 'drift' }): string {
  const { version = '–' } = view
  if (majority === undefined) return text('queue.driftTie', { version })
  const values = { version, most: majority.version, count: majority.clusters }
  return text(majority.version === version ? 'queue.driftSame' : 'queue.driftFrom', values)
}

function ClusterEntry({ entry }: { readonly entry: QueueEntry & { readonly kind: 'cluster' } }) {
  const app = useApp()
  const text = useText()
  const { cluster } = entry
  const { context, connection } = cluster
  return (
    <>
      <div className="row">
        <span className="status ink-paused">
          <Icon name={troubleIcon(connection.state)} />
          {text(`connection.${connection.state}`)}
        </span>
        <span className="space" />
        <Age since={entry.since} className="faint small" />
      </div>
      <div className="where cut">{context}</div>
      <p className="why small">{whyOf(text, connection)}</p>
      <div className="entry-actions">
        {connection.state === 'crdsMissing' ? (
          <Button
            small
            label={text('trouble.reviewCrds')}
            onPress={() => openOverlay(app, { kind: 'crds', context })}
          />
        ) : (
          <Button
            small
            label={text('trouble.checkAgain')}
            onPress={() => void app.bridge.call('cluster.retry', { context })}
          />
        )}
      </div>
    </>
  )
}

function whyOf(text: Text, connection: (QueueEntry & { readonly kind: 'cluster' })['cluster']['connection']): string {
  if (connection.state === 'crdsMissing') return text('trouble.crdsWhy', { kinds: connection.missing.join(', ') })
  return 'failure' in connection ? failureWords(text, connection.failure) : ''
}
