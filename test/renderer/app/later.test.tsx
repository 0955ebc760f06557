import { act, Component, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { later } from '#renderer/app/later.tsx'

beforeAll(() => void vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true))
afterAll(() => void vi.unstubAllGlobals())
let root: Root
let host: HTMLElement
beforeEach(() => {
  host = document.createElement('div')
  root = createRoot(host)
})
afterEach(() => act(async () => root.unmount()))

const Hello = ({ name }: { readonly name: string }) => <p>hello {name}</p>
const draw = (node: ReactNode) => act(async () => root.render(node))

class Boundary extends Component<{ readonly children: ReactNode }, { readonly why?: string }> {
  override state: { readonly why?: string } = {}
  static getDerivedStateFromError = (thrown: Error) => ({ why: thrown.message })
  override render = () => this.state.why ?? this.props.children
}

describe('a component that is loaded later', () => {
  it('W9: is drawn as soon as it is there, and at once when it was loaded before', async () => {
    let come: (module: { readonly default: typeof Hello }) => void = () => undefined
    let asked = 0
    const Page = later<{ readonly name: string }>(() => {
      asked += 1
      return new Promise((resolve) => {
        come = resolve
      })
    })
    await draw(<Page name="ann" />)
    expect(host.textContent).toBe('')
    await act(async () => come({ default: Hello }))
    expect(host.textContent).toBe('hello ann')
    await draw(null)
    act(() => root.render(<Page name="bob" />))
    expect([host.textContent, asked]).toEqual(['hello bob', 1])
  })

  it('W9: is loaded before it is needed', async () => {
    const Page = later(async () => ({ default: Hello }))
    await Page.preload()
    act(() => root.render(<Page name="ann" />))
    expect(host.textContent).toBe('hello ann')
  })

  it('what cannot be loaded is for the error boundary, and is asked for again by the next', async () => {
    let isThere = false
    const Page = later(async () => {
      if (!isThere) throw new Error('the file is gone')
      return { default: Hello }
    })
    await expect(Page.preload()).resolves.toBeUndefined()
    await draw(
      <Boundary>
        <Page name="ann" />
      </Boundary>,
    )
    expect(host.textContent).toBe('the file is gone')
    isThere = true
    await draw(<Page name="bob" />)
    expect(host.textContent).toBe('hello bob')
  })
})
