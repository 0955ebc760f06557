/** Engine code takes time and randomness as arguments (rule E1); here the ambient ones explain themselves and throw. */
const trap = (what: string): never => {
  throw new Error(`${what} is ambient state: the engine gets \`now\` and ids as arguments (rule E1)`)
}

/** Test files that share a worker share its globals too, and each of them runs this. */
const trapped = Symbol.for('argosy.trapped')

const RealDate = Date
const TrappedDate = new Proxy(RealDate, {
  construct(target, args) {
    return args.length === 0 ? trap('new Date()') : Reflect.construct(target, args)
  },
  apply: () => trap('Date()'),
  get(target, property, receiver) {
    return property === 'now' ? () => trap('Date.now()') : Reflect.get(target, property, receiver)
  },
  has: (target, property) => property === trapped || Reflect.has(target, property),
})

if (!(trapped in RealDate)) {
  globalThis.Date = TrappedDate
  Math.random = () => trap('Math.random()')
}
