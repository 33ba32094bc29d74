internal import Dispatch
internal import Synchronization

/// Works on coarse pieces with every core; results come in the order of the pieces, the first error is thrown.
func parallelMap<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> Value) throws -> [Value] {
  guard count > 1 else { return try (0..<count).map(body) }
  let results = Mutex([Result<Value, any Error>?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: count) { piece in
    let result = Result { try body(piece) }
    results.withLock { $0[piece] = result }
  }
  return try results.withLock { try $0.compactMap { try $0?.get() } }
}
