import type { TrafficView } from '#contract/traffic-views.ts'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'

/** Roles with a hue of their own; ping and pong take turns in theirs. */
const hues: ReadonlySet<string> = new Set(['active', 'preview', 'stable', 'canary'])

const words = {
  active: 'role.active',
  preview: 'role.preview',
  stable: 'role.stable',
  canary: 'role.canary',
  ping: 'role.ping',
  pong: 'role.pong',
  root: 'role.root',
} as const

const isKnown = (role: string): role is keyof typeof words => Object.hasOwn(words, role)

/** Which Service points at which revision; of blue-green also the pods behind them. */
export function Services({ traffic }: { readonly traffic: TrafficView }) {
  const text = useText()
  return (
    <ul className="services" aria-label={text('traffic.services')}>
      {traffic.services.map(({ role, name, revision, podHash }) => (
        <li key={`${role} ${name}`}>
          <span className={hues.has(role) ? `role ${role}` : 'chip'}>{isKnown(role) ? text(words[role]) : role}</span>
          <span className="mono cut" title={name}>
            {name}
          </span>
          {role !== 'root' && (
            <>
              <Icon name="chev-r" className="faint" />
              <span className="strong num">{revision === undefined ? '–' : text('revision.title', { revision })}</span>
              <span className="mono faint cut">{podHash ?? text('traffic.noSelector')}</span>
            </>
          )}
        </li>
      ))}
      {traffic.kind === 'services' && (
        <li className="faint small">
          {text('traffic.servicePods', { preview: traffic.canaryPods, active: traffic.stablePods })}
        </li>
      )}
    </ul>
  )
}
