import { useState } from 'react'
import { useStore } from 'zustand'
import type { ClusterView } from '#contract/views.ts'
import { connectionDot, connectionNote, connectionWord, modeIcon, modeWord } from '../../format/cluster-words.ts'
import { shortName } from '../../format/short-name.ts'
import { openOverlay } from '../../store/app.ts'
import { toggleClusterGroup } from '../../store/filters.ts'
import { useApp, useClusters, useText, useTicking } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { ClusterCard } from './cluster-card.tsx'
import { SavedViews } from './saved-views.tsx'

/** Every context by name and group, with its connection and who drives it (UI-P-5). */
export function Rail() {
  const app = useApp()
  const text = useText()
  const clusters = useClusters((state) => state.clusters)
  const [open, setOpen] = useState<string>()
  const groups = Map.groupBy(clusters, (cluster) => cluster.group)
  useKeys(open === undefined ? {} : { Escape: () => setOpen(undefined) })
  return (
    <nav className="rail" data-region aria-label={text('rail.label')}>
      <div className="rail-list scroll">
        {[...groups].map(([group, members]) => (
          <section key={group} aria-label={group}>
            <h2 className="rail-group">
              <GroupFold group={group} size={members.length} />
              {members.every((each) => each.protected) && <Icon name="lock" label={text('cluster.protected')} />}
              <span className="space" />
              <span className="plain">{text('rail.rollouts')}</span>
            </h2>
            {members.map((cluster) => (
              <RailEntry
                key={cluster.context}
                cluster={cluster}
                open={cluster.context === open}
                onToggle={() => setOpen(cluster.context === open ? undefined : cluster.context)}
              />
            ))}
          </section>
        ))}
      </div>
      <SavedViews />
      <div className="rail-foot">
        <Button
          small
          icon="plus"
          label={text('rail.addKubeconfig')}
          onPress={() => openOverlay(app, { kind: 'kubeconfig' })}
        />
      </div>
    </nav>
  )
}

/** Folds the columns of a group on the board into one, and back. One cluster is nothing to fold. */
function GroupFold({ group, size }: { readonly group: string; readonly size: number }) {
  const text = useText()
  const { filters } = useApp()
  const isFolded = useStore(filters, (state) => state.foldedClusters.has(group))
  if (size < 2) return <span className="cut">{group}</span>
  return (
    <button
      type="button"
      className="group-fold"
      aria-expanded={!isFolded}
      title={text(isFolded ? 'fold.open' : 'fold.close', { group })}
      onClick={() => toggleClusterGroup(filters, group)}
    >
      <Icon name={isFolded ? 'chev-r' : 'chev-d'} />
      <span className="cut">{group}</span>
    </button>
  )
}

interface RailEntryProps {
  readonly cluster: ClusterView
  readonly open: boolean
  readonly onToggle: () => void
}

function RailEntry({ cluster, open, onToggle }: RailEntryProps) {
  const text = useText()
  const note = useTicking((now) => connectionNote(text, cluster, now))
  const mode = modeWord(text, cluster)
  const facts = [cluster.context, connectionWord(text, cluster), mode, note].filter((each) => each !== undefined)
  const name = [...new Set(facts)].join(', ')
  const known =
    cluster.connection.state === 'connected' || cluster.connection.state === 'late' || cluster.rolloutCount > 0
  return (
    <div className={`rail-entry${open ? ' on' : ''}`}>
      <button type="button" className="rail-button" aria-expanded={open} title={name} onClick={onToggle}>
        <span className={`dot ${connectionDot(cluster)}`} />
        <span className="unseen">{connectionWord(text, cluster)}</span>
        <span className="name cut">{cluster.context}</span>
        <span className="count num">{known ? cluster.rolloutCount : '–'}</span>
        <span className="mode">
          <Icon name={modeIcon(cluster)} />
          <span className="cut">{mode}</span>
          <span className="space" />
          {note !== undefined && <span className="ink-paused num">{note}</span>}
        </span>
        <span className="short" aria-hidden>
          {shortName(cluster.context)}
        </span>
      </button>
      {open && <ClusterCard cluster={cluster} onClose={onToggle} />}
    </div>
  )
}
