import { useMemo } from 'react'
import type { ActionPreview, RolloutKey } from '#contract/views.ts'
import { formatPercent } from '../../format/weight.ts'
import { TwoPartBar } from '../../marks/weight-bar.tsx'
import type { ActionRequest } from '../../store/app.ts'
import { blastRadius } from '../../store/blast-radius.ts'
import { useClusters, useFleet, useText } from '../../store/use-app.ts'
import './blast-radius.css'

interface BlastRadiusProps {
  readonly request: ActionRequest
  readonly previews: readonly ActionPreview[]
  readonly chosen: ReadonlySet<RolloutKey>
}

/** Clusters, pods and traffic that an action on several rollouts reaches, before and after; it follows the check marks (UI-ACT-1). */
export function BlastRadius({ request: { action, keys }, previews, chosen }: BlastRadiusProps) {
  const text = useText()
  const rollouts = useFleet((state) => state.rollouts)
  const clusters = useClusters((state) => state.clusters)
  const radius = useMemo(() => {
    const views = keys.flatMap((key) => rollouts.get(key) ?? [])
    return blastRadius(action, views, previews, chosen, clusters)
  }, [action, keys, rollouts, previews, chosen, clusters])
  const { moved, pods } = radius
  const change = (from: string | number, to: string | number) =>
    from === to ? String(to) : text('blast.change', { from, to })
  return (
    <section className="blast" aria-label={text('blast.label')} aria-live="polite">
      <Tile
        name={text('blast.clusters')}
        value={String(radius.clusters)}
        more={text(radius.protected > 0 ? 'blast.protected' : 'blast.clustersOf', {
          count: radius.ofClusters,
          protected: radius.protected,
        })}
      />
      {radius.ofApplications > 1 && (
        <Tile
          name={text('blast.applications')}
          value={String(radius.applications)}
          more={text('blast.of', { count: radius.ofApplications })}
        />
      )}
      {moved === undefined ? (
        <Tile name={text(radius.replaces ? 'blast.podsReplaced' : 'blast.podsThere')} value={String(pods)} more="" />
      ) : (
        <>
          <Tile
            name={text('blast.pods')}
            value={change(moved.podsBefore, moved.podsAfter)}
            more={text('blast.of', { count: pods })}
          />
          <Tile
            name={text('blast.share')}
            value={change(formatPercent(moved.shareBefore), formatPercent(moved.shareAfter))}
            more=""
          >
            <TwoPartBar incoming="canary" current="stable" share={moved.shareAfter} />
          </Tile>
        </>
      )}
    </section>
  )
}

interface TileProps {
  readonly name: string
  readonly value: string
  readonly more: string
  readonly children?: React.ReactNode
}

function Tile({ name, value, more, children }: TileProps) {
  return (
    <div className="blast-tile">
      <span className="faint small cut" title={name}>
        {name}
      </span>
      <span className="blast-value num">
        <b>{value}</b> <span className="dim small">{more}</span>
      </span>
      {children}
    </div>
  )
}
