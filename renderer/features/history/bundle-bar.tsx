import { useStore } from 'zustand'
import type { BundleView } from '#contract/bundle-views.ts'
import { formatDay, formatMinute } from '../../format/clock-time.ts'
import { formatAge } from '../../format/duration.ts'
import { openOverlay } from '../../store/app.ts'
import { useApp, useClusters, useLocale, useText, useTicking } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import './bundle-bar.css'

/** UI-HIST-1: where what is shown comes from, unmistakable when it is not live; and the way in and out as a file. */
export function BundleBar({ id }: { readonly id: string | undefined }) {
  const app = useApp()
  const text = useText()
  const bundle = useStore(app.bundle, (state) => state.bundle)
  const isOffline = useClusters(
    (state) =>
      state.loaded &&
      state.clusters.length > 0 &&
      state.clusters.every((each) => each.connection.state !== 'connected'),
  )
  const exportIt = () => openOverlay(app, { kind: 'exportBundle', id })
  const importIt = () => openOverlay(app, { kind: 'importBundle' })
  useKeys({ E: exportIt, I: importIt })
  const goLive = () => {
    app.goTo('#/history')
    void app.bridge.call('bundle.show', { id: null })
  }
  return (
    <div className={bundle !== null || isOffline ? 'offline' : 'bundle-bar'} role="status">
      {bundle !== null && <Shown bundle={bundle} />}
      {bundle === null && isOffline && (
        <>
          <Tag />
          <span className="offline-why cut">{text('history.offlineWhy')}</span>
        </>
      )}
      <span className="space" />
      <Button small icon="chart" label={text('statistics.title')} hint="G S" onPress={() => app.goTo('#/statistics')} />
      <Button small icon="download" label={text('bundle.import')} hint="I" onPress={importIt} />
      <Button small icon="upload" label={text('bundle.export')} hint="E" onPress={exportIt} />
      {bundle !== null && <Button small icon="net" label={text('bundle.live')} onPress={goLive} />}
    </div>
  )
}

function Tag() {
  const text = useText()
  return (
    <span className="offline-tag">
      <Icon name="box" />
      {text('history.offline')}
    </span>
  )
}

function Shown({ bundle }: { readonly bundle: BundleView }) {
  const text = useText()
  const locale = useLocale()
  const { name, contexts, capturedAt } = bundle
  const age = useTicking((now) => formatAge(now - capturedAt))
  const when = `${formatDay(capturedAt, locale)} ${formatMinute(capturedAt)} UTC`
  const shown = text('bundle.shown', { count: contexts.length, when, age })
  return (
    <>
      <Tag />
      <span className="offline-why cut" title={`${name}, ${shown}`}>
        <b>{name}</b>, {shown}
      </span>
      <Proof bundle={bundle} />
    </>
  )
}

function Proof({ bundle: { chains } }: { readonly bundle: BundleView }) {
  const text = useText()
  const bad = chains.find(({ broken }) => broken !== undefined)
  if (bad?.broken !== undefined) {
    const place = text(`bundle.place.${bad.name}`)
    return (
      <span className="bundle-proof ink-degraded">
        <Icon name="warn" />
        {text('bundle.broken', { place, id: bad.broken.id })}
      </span>
    )
  }
  return (
    <span className="bundle-proof ink-healthy">
      <Icon name="shield" />
      {text('bundle.good')}, {text('bundle.proven')}
    </span>
  )
}
