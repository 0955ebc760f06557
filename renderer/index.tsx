import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Frame } from './app/frame.tsx'
import { applyPreferences } from './app/theme.ts'
import { createTexts } from './format/text.ts'
import { createApp } from './store/app.ts'
import { followHash } from './store/arrive.ts'
import { browserClock } from './store/browser-clock.ts'
import { connect } from './store/connect.ts'
import { createElectronBridge } from './store/electron-bridge.ts'
import { createPreferences } from './store/preferences.ts'
import { runTicker } from './store/ticker.ts'
import { AppContext } from './store/use-app.ts'
import { createWebBridge } from './store/web-bridge.ts'
import { mountIconSprite } from './ui/icon-sprite.ts'
import './ui/tokens.css'
import './ui/base.css'

const preferences = createPreferences(localStorage)
applyPreferences(preferences, document, window.matchMedia('(prefers-color-scheme: dark)'))
mountIconSprite(document)

const app = createApp({
  bridge: window.argosy === undefined ? createWebBridge() : createElectronBridge(window.argosy),
  clock: browserClock,
  texts: await createTexts(preferences.getState().locale),
  hash: location.hash,
  goTo: (href) => {
    location.hash = href
  },
  preferences,
})
connect(app)
followHash(app, window)
runTicker(app.ticker, app.clock, document)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element with the id root')
createRoot(root).render(
  <StrictMode>
    <AppContext value={app}>
      <Frame />
    </AppContext>
  </StrictMode>,
)
