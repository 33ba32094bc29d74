internal import Dispatch
internal import Synchronization

/// Runs `body` for 0..<count on at most `threads` threads, each taking the next number when it is done with its last.
///
/// Which thread does what is not determined: `body` must give the same result whoever runs it, such as by writing only
/// element `k` of an array.
public func forEachConcurrently(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
  guard threads > 1, count > 1 else {
    for k in 0..<count { body(k) }
    return
  }
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
    while true {
      let k = next.add(1, ordering: .relaxed).oldValue
      guard k < count else { return }
      body(k)
    }
  }
}

/// What `body` makes of 0..<count, in this order, made on at most `threads` threads.
public func mapConcurrently<Value: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) -> Value
) -> [Value] {
  var made = [Value?](repeating: nil, count: count)
  made.withUnsafeMutableBufferPointer { buffer in
    // Each number writes one element that no other touches.
    nonisolated(unsafe) let out = buffer
    forEachConcurrently(count, threads: threads) { out[$0] = body($0) }
  }
  return made.compactMap(\.self)
}
