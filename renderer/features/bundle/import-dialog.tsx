import { useState } from 'react'
import type { BundleFaultView, BundleView } from '#contract/bundle-views.ts'
import { formatMoment } from '../../format/clock-time.ts'
import { closeOverlay } from '../../store/app.ts'
import { uploadBundle } from '../../store/bundle.ts'
import { useApp, useLocale, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Contents, Fact } from './contents.tsx'
import './bundle.css'

type Progress =
  | { readonly state: 'none' }
  | { readonly state: 'checking' }
  | { readonly state: 'refused'; readonly id: string; readonly file: File; readonly fault: BundleFaultView }
  | { readonly state: 'checked'; readonly id: string; readonly bundle: BundleView }

/** UI-HIST-6: a file is checked and says what is in it before it is opened. */
export function ImportDialog() {
  const app = useApp()
  const text = useText()
  const [progress, setProgress] = useState<Progress>({ state: 'none' })
  const [passphrase, setPassphrase] = useState('')
  const check = async (id: string, file: File, words: string | undefined) => {
    const input = { id, name: file.name.slice(0, 1024) || '?', ...(words !== undefined && { passphrase: words }) }
    const outcome = await app.bridge.call('bundle.check', input)
    setProgress(
      outcome.ok
        ? { state: 'checked', id, bundle: outcome.value }
        : { state: 'refused', id, file, fault: outcome.error },
    )
  }
  const choose = async (file: File | undefined) => {
    if (file === undefined) return
    setProgress({ state: 'checking' })
    setPassphrase('')
    const id = crypto.randomUUID()
    const failed = await uploadBundle(app.bridge, id, file)
    if (failed === undefined) await check(id, file, undefined)
    else setProgress({ state: 'refused', id, file, fault: { kind: 'File', message: failed } })
  }
  const open = async () => {
    if (progress.state !== 'checked') return
    await app.bridge.call('bundle.show', { id: progress.id })
    app.goTo('#/history')
    closeOverlay(app)
  }
  const isLocked = progress.state === 'refused' && ['Locked', 'WrongPassphrase'].includes(progress.fault.kind)
  const unlock = () => {
    if (progress.state === 'refused' && passphrase !== '') void check(progress.id, progress.file, passphrase)
  }
  return (
    <>
      <header className="dialog-head">
        <span className="dialog-icon">
          <Icon name="download" />
        </span>
        <h2>{text('bundle.importTitle')}</h2>
        <p className="dim">{text('bundle.importMeans')}</p>
      </header>
      <div className="dialog-body scroll">
        <form
          className="bundle-form"
          onSubmit={(event) => {
            event.preventDefault()
            unlock()
          }}
        >
          <label className="bundle-file">
            <span className="form-label">{text('bundle.choose')}</span>
            <input type="file" accept=".argosy" onChange={(event) => void choose(event.target.files?.[0])} />
          </label>
          {isLocked && (
            <label>
              <span className="form-label">{text('bundle.unlock')}</span>
              <span className="field">
                <input
                  type="password"
                  autoComplete="off"
                  autoFocus
                  maxLength={1024}
                  value={passphrase}
                  onChange={(event) => setPassphrase(event.target.value)}
                />
              </span>
            </label>
          )}
        </form>
        {progress.state === 'checking' && <p className="dialog-line faint">{text('bundle.checking')}</p>}
        {progress.state === 'refused' && (
          <p className="dialog-line ink-degraded" role="alert">
            {text(`bundle.fault.${progress.fault.kind}`, { message: progress.fault.message })}
          </p>
        )}
        {progress.state === 'checked' && <Checked bundle={progress.bundle} />}
      </div>
      <footer className="dialog-foot">
        <span className="space" />
        <Button label={text('dialog.cancel')} hint="Esc" onPress={() => closeOverlay(app)} />
        {isLocked ? (
          <Button
            kind="primary"
            icon="lock"
            label={text('bundle.check')}
            offBecause={passphrase === '' ? text('bundle.unlock') : undefined}
            onPress={unlock}
          />
        ) : (
          <Button
            kind="primary"
            icon="eye"
            label={text('bundle.open')}
            offBecause={progress.state === 'checked' ? undefined : text('bundle.chooseFirst')}
            onPress={() => void open()}
          />
        )}
      </footer>
    </>
  )
}

function Checked({ bundle }: { readonly bundle: BundleView }) {
  const text = useText()
  const locale = useLocale()
  const { capturedAt, by, app, sha256 } = bundle
  const when = `${formatMoment(capturedAt, locale)} UTC`
  return (
    <Contents contents={bundle}>
      <Fact name={text('bundle.captured')}>
        {text('bundle.capturedBy', { when, who: `${by.account}@${by.host}`, app })}
      </Fact>
      <Fact name={text('bundle.checksum')}>
        <span className="ink-healthy">{text('bundle.checksumGood', { hash: sha256.slice(0, 16) })}</span>
      </Fact>
      <Fact name={text('bundle.record')}>
        <RecordProof bundle={bundle} />
      </Fact>
    </Contents>
  )
}

function RecordProof({ bundle: { chains } }: { readonly bundle: BundleView }) {
  const text = useText()
  const bad = chains.find(({ broken }) => broken !== undefined)
  if (bad?.broken !== undefined) {
    const { id, what } = bad.broken
    const words = { place: text(`bundle.place.${bad.name}`), id, what: text(`bundle.changed.${what}`) }
    return <strong className="ink-degraded">{text('bundle.recordBroken', words)}</strong>
  }
  const sum = (of: (chain: BundleView['chains'][number]) => number) => chains.reduce((all, each) => all + of(each), 0)
  const withheld = sum((each) => each.withheld)
  return (
    <span className="ink-healthy">
      {text('bundle.recordUnbroken', { count: sum((each) => each.entries) })}
      {withheld > 0 && `, ${text('bundle.recordWithheld', { count: withheld })}`}
    </span>
  )
}
