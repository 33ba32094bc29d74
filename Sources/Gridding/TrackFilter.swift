internal import Dispatch

/// Why a mobile reading is not used.
public enum TrackFault: UInt8, CaseIterable, Sendable {
  case none, tooFast, frozen, afterGap

  /// In words, for messages.
  public var reason: String {
    switch self {
    case .none: "used"
    case .tooFast: "implausible speed"
    case .frozen: "position frozen before a jump, as in a tunnel"
    case .afterGap: "first position after a gap"
    }
  }
}

/// Finds positions of moving monitors that cannot be right.
///
/// Per monitor, in order of time: a position that needs more than the highest speed from the last good one is too fast,
/// unless three such in a row agree among themselves (then the last good one was the wrong one); a position repeated to
/// the digit for a while and then left by an implausible jump was frozen, as receivers do in tunnels, and only its first
/// reading counts; the first position after a silent gap in which the monitor moved on is left out, because a receiver
/// that wakes up guesses first. A position repeated without a jump is a parked vehicle and stays.
public struct TrackFilter: Sendable {
  public var maximumSpeedKmh = 150.0
  /// A position repeated for at least this long may be frozen.
  public var frozenSeconds = 30.0
  /// Longest silence without suspicion.
  public var gapSeconds = 180.0
  /// A monitor that moved less than this in a gap has not left its street.
  public var gapMetres = 500.0
  /// Jumps below this are the noise of receivers, whatever the speed.
  public var noiseMetres = 60.0

  public init() {}

  /// One verdict per reading. - Complexity: linear for files in order of time.
  public func faults(of readings: MobileReadings, threads: Int) -> [TrackFault] {
    let (order, starts) = readings.tracks()
    var faults = [TrackFault](repeating: .none, count: readings.count)
    let devices = starts.count - 1
    faults.withUnsafeMutableBufferPointer { buffer in
      // Each worker writes the readings of its own devices.
      nonisolated(unsafe) let out = buffer
      let workers = max(1, min(threads, devices))
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for device in Swift.stride(from: worker, to: devices, by: workers) {
          judge(readings, order[starts[device]..<starts[device + 1]], out)
        }
      }
    }
    return faults
  }

  private func judge(
    _ readings: MobileReadings, _ track: ArraySlice<Int32>, _ faults: UnsafeMutableBufferPointer<TrackFault>
  ) {
    func metres(_ a: Int, _ b: Int) -> Double {
      let dx = readings.xs[a] - readings.xs[b]
      let dy = readings.ys[a] - readings.ys[b]
      return (dx * dx + dy * dy).squareRoot()
    }
    func isPossible(_ from: Int, _ to: Int) -> Bool {
      let distance = metres(from, to)
      let time = Double(readings.seconds[to]) - Double(readings.seconds[from])
      return distance <= noiseMetres || distance * 3.6 <= maximumSpeedKmh * time
    }
    var anchor: Int?
    // The last refused position and how many of them agree in a row.
    var rival: (slot: Int, length: Int)?
    var k = track.startIndex
    while k < track.endIndex {
      let slot = Int(track[k])
      // How long the position stays the same to the digit.
      var end = k + 1
      while end < track.endIndex, metres(slot, Int(track[end])) == 0 { end += 1 }
      defer { k = end }
      if let last = anchor, !isPossible(last, slot) {
        let length = rival.map { isPossible($0.slot, slot) ? $0.length + 1 : 1 } ?? 1
        rival = (Int(track[end - 1]), length)
        guard length >= 3 else {
          for j in k..<end { faults[Int(track[j])] = .tooFast }
          continue
        }
      }
      rival = nil
      if let last = anchor {
        let silence = Double(readings.seconds[slot]) - Double(readings.seconds[last])
        if silence > gapSeconds, metres(last, slot) > gapMetres { faults[slot] = .afterGap }
      }
      anchor = Int(track[end - 1])
      let stay = Double(readings.seconds[Int(track[end - 1])]) - Double(readings.seconds[slot])
      if end < track.endIndex, end - k >= 3, stay >= frozenSeconds, !isPossible(Int(track[end - 1]), Int(track[end])),
        isPossible(slot, Int(track[end]))
      {
        for j in (k + 1)..<end { faults[Int(track[j])] = .frozen }
        // The way onward is measured from where the position froze.
        anchor = slot
      }
    }
  }
}
