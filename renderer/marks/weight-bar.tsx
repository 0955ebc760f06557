import type { RolloutView } from '#contract/views.ts'
import { formatPercent, percentOf, shareOf } from '../format/weight.ts'
import { useText } from '../store/use-app.ts'

/** Incoming left and hatched, current right and solid; blue-green shows ready preview pods (UI-ROLE-1, UI-ROLE-4). */
export function WeightBar({ view }: { readonly view: RolloutView }) {
  const text = useText()
  const share = incomingShare(view)
  const label =
    view.strategy === 'blueGreen'
      ? text('bar.preview', { percent: formatPercent(share) })
      : text('bar.canary', { canary: formatPercent(share), stable: formatPercent(100 - share) })
  return <TwoPartBar label={label} {...partsOf(view)} />
}

/** The same where words beside it say it already. Settled: a hairline. */
export const MuteWeightBar = ({ view, quiet }: { readonly view: RolloutView; readonly quiet: boolean }) => (
  <TwoPartBar quiet={quiet} {...partsOf(view)} />
)

/** Percent of the incoming part. */
function incomingShare({ strategy, status, preview, actualWeight, maxWeight }: RolloutView): number {
  if (status === 'Healthy') return 0
  if (strategy !== 'blueGreen') return percentOf(actualWeight, maxWeight)
  return preview === undefined ? 0 : shareOf(preview.ready, preview.desired)
}

function partsOf(view: RolloutView) {
  const share = incomingShare(view)
  if (view.strategy === 'blueGreen') return { incoming: 'preview', current: 'active', share } as const
  const wanted = percentOf(view.setWeight, view.maxWeight)
  const lags = view.status !== 'Healthy' && Math.abs(wanted - share) > 1
  return { incoming: 'canary', current: 'stable', share, wanted: lags ? wanted : undefined } as const
}

interface TwoPartBarProps {
  /** Without one the bar is decoration. */
  readonly label?: string
  readonly incoming: 'canary' | 'preview'
  readonly current: 'stable' | 'active'
  /** Percent of the incoming part. */
  readonly share: number
  /** Percent asked for, marked where the share is not there yet. */
  readonly wanted?: number | undefined
  readonly quiet?: boolean
}

export function TwoPartBar({ label, incoming, current, share, wanted, quiet }: TwoPartBarProps) {
  const named = label === undefined ? {} : { role: 'img', 'aria-label': label }
  const name = `weight-bar${quiet ? ' quiet' : ''}`
  if (quiet && share === 0) return <span className={`${name} fill-${current}`} {...named} />
  return (
    <span className={name} {...named}>
      <i className={`fill-${incoming}`} hidden={share === 0} style={{ width: `${share}%` }} />
      <i className={`fill-${current}`} hidden={share === 100} style={{ width: `${100 - share}%` }} />
      {wanted !== undefined && <span className="wanted" style={{ insetInlineStart: `${wanted}%` }} />}
    </span>
  )
}
