import type { ClusterView } from '#contract/views.ts'
import { formatMoment } from '../../format/clock-time.ts'
import { troubleIcon } from '../../format/cluster-words.ts'
import { formatAge, formatClockSpan } from '../../format/duration.ts'
import { failureWords } from '../../format/failure-words.ts'
import { RbacRule } from '../../marks/rbac-rule.tsx'
import { openOverlay } from '../../store/app.ts'
import { showToast } from '../../store/toasts.ts'
import { useApp, useLocale, useText, useTicking } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

/** UI-ERR-1, -2, -3, -7: what is the case in a cluster, why, and what can be done, in place. */
export function ClusterTrouble({ cluster }: { readonly cluster: ClusterView }) {
  const text = useText()
  const { connection, context } = cluster
  if (connection.state === 'connected' || connection.state === 'connecting') return null
  const tone = connection.state === 'unreachable' || connection.state === 'forbidden' ? 'ink-degraded' : 'ink-paused'
  return (
    <div className="trouble">
      <h3 className={`row ${tone}`}>
        <Icon name={troubleIcon(connection.state)} />
        {text(`trouble.${connection.state}`, { cluster: context })}
      </h3>
      <p>
        <Why cluster={cluster} />
      </p>
      <Remedy cluster={cluster} />
    </div>
  )
}

function Why({ cluster }: { readonly cluster: ClusterView }) {
  const text = useText()
  const locale = useLocale()
  const { connection } = cluster
  const age = useTicking((now) => formatAge(now - connection.since))
  const since = formatMoment(connection.since, locale)
  switch (connection.state) {
    case 'connected':
    case 'connecting':
      return null
    case 'unreachable':
      return text('trouble.unreachableWhy', { why: failureWords(text, connection.failure), since, age })
    case 'late':
      return text('trouble.lateWhy', { why: failureWords(text, connection.failure), since, age })
    case 'signInNeeded':
      return text('trouble.signInWhy', { why: failureWords(text, connection.failure), since, age })
    case 'forbidden':
      return text('trouble.forbiddenWhy', { why: failureWords(text, connection.failure), user: cluster.user })
    case 'crdsMissing':
      return text('trouble.crdsWhy', { kinds: connection.missing.join(', ') })
  }
}

function Remedy({ cluster }: { readonly cluster: ClusterView }) {
  const app = useApp()
  const text = useText()
  const { connection, context } = cluster
  const next = useTicking((now) =>
    connection.state === 'unreachable'
      ? text('trouble.nextTry', { time: formatClockSpan(connection.retryAt - now, 'up'), attempt: connection.attempt })
      : undefined,
  )
  const tryNow = async () => {
    const outcome = await app.bridge.call('cluster.retry', { context })
    if (!outcome.ok) {
      const detail = failureWords(text, outcome.error)
      showToast(app.toasts, {
        id: `retry ${context}`,
        tone: 'failed',
        title: text('toast.retryFailed', { cluster: context }),
        detail,
      })
    }
  }
  if (connection.state === 'crdsMissing') {
    const review = () => openOverlay(app, { kind: 'crds', context })
    return (
      <div className="row">
        <Button small icon="box" label={text('trouble.reviewCrds')} onPress={review} />
      </div>
    )
  }
  if (connection.state === 'forbidden' && connection.failure.kind === 'Forbidden') {
    return (
      <RbacRule failure={connection.failure}>
        <Button small label={text('trouble.checkAgain')} onPress={() => void tryNow()} />
      </RbacRule>
    )
  }
  return (
    <div className="row">
      <Button
        small
        icon="retry"
        label={text(connection.state === 'signInNeeded' ? 'trouble.signedIn' : 'trouble.tryNow')}
        onPress={() => void tryNow()}
      />
      {next !== undefined && <span className="faint small num cut">{next}</span>}
    </div>
  )
}
