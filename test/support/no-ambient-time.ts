/** Engine code takes time and randomness as arguments (rule E1); here the ambient ones explain themselves and throw. */
const trap = (what: string): never => {
  throw new Error(`${what} is ambient state: the engine gets \`now\` and ids as arguments (rule E1)`)
}

const RealDate = Date
globalThis.Date = new Proxy(RealDate, {
  construct(target, args) {
    return args.length === 0 ? trap('new Date()') : Reflect.construct(target, args)
  },
  apply: () => trap('Date()'),
  get(target, property, receiver) {
    return property === 'now' ? () => trap('Date.now()') : Reflect.get(target, property, receiver)
  },
})
Math.random = () => trap('Math.random()')
