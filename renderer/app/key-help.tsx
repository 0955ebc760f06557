import { useStore } from 'zustand'
import { closeOverlay } from '../store/app.ts'
import { useApp, useText } from '../store/use-app.ts'
import { Button, Kbd } from '../ui/button.tsx'
import { keyMap } from './key-map.ts'

/** The keys of the page at hand, and those that work everywhere. */
export function KeyHelp() {
  const app = useApp()
  const text = useText()
  const page = useStore(app.route, (state) => state.route.page)
  return (
    <>
      <header className="dialog-head bare">
        <h2>{text('keys.title')}</h2>
      </header>
      <div className="dialog-body scroll key-help">
        {keyMap[page].map(({ title, lines }) => (
          <section key={title}>
            <h3>{text(title)}</h3>
            <dl>
              {lines.map(({ keys, does }) => (
                <div key={does}>
                  <dt>{text(does)}</dt>
                  <dd>
                    <span className="unseen">{keys.join(' ')}</span>
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <footer className="dialog-foot">
        <span className="faint small">{text('keys.otherSystems')}</span>
        <span className="space" />
        <Button label={text('dialog.close')} hint="Esc" onPress={() => closeOverlay(app)} />
      </footer>
    </>
  )
}
