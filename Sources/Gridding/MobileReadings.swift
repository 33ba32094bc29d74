/// Readings of moving monitors in file order, as parallel arrays.
public struct MobileReadings: Sendable {
  /// Small numbers for the monitors, the same whatever the number of threads.
  public var devices: [Int32] = []
  /// Since 1970Z.
  public var seconds: [UInt32] = []
  /// Projected metres.
  public var xs: [Double] = []
  public var ys: [Double] = []
  public var values: [Double] = []
  /// Position in a list of counties; -1 outside, or for all when counties are not asked for.
  public var counties: [Int32] = []

  public init() {}

  public var count: Int { values.count }

  public mutating func append(
    device: Int32, seconds: UInt32, x: Double, y: Double, value: Double, county: Int32 = -1
  ) {
    devices.append(device)
    self.seconds.append(seconds)
    xs.append(x)
    ys.append(y)
    values.append(value)
    counties.append(county)
  }

  /// Parts of a file in file order.
  ///
  /// - Parameter devices: Per part the common number of each of its own device numbers.
  public init(joining parts: [MobileReadings], devices numbers: [[Int32]]) {
    reserve(parts.reduce(0) { $0 + $1.count })
    for (part, numbers) in zip(parts, numbers) {
      numbers.withUnsafeBufferPointer { numbers in
        for device in part.devices { devices.append(numbers[Int(device)]) }
      }
      seconds += part.seconds
      xs += part.xs
      ys += part.ys
      values += part.values
      counties += part.counties
    }
  }

  /// Makes room for `count` readings.
  public mutating func reserve(_ count: Int) {
    devices.reserveCapacity(count)
    seconds.reserveCapacity(count)
    xs.reserveCapacity(count)
    ys.reserveCapacity(count)
    values.reserveCapacity(count)
    counties.reserveCapacity(count)
  }

  /// Slots of each device in order of time, ties in file order; `starts` has one more entry than there are devices.
  func tracks() -> (order: [Int32], starts: [Int]) {
    let deviceCount = Int(devices.max() ?? -1) + 1
    var starts = [Int](repeating: 0, count: deviceCount + 1)
    for device in devices { starts[Int(device) + 1] += 1 }
    for device in 0..<deviceCount { starts[device + 1] += starts[device] }
    var next = starts
    var order = [Int32](repeating: 0, count: count)
    for slot in devices.indices {
      let device = Int(devices[slot])
      order[next[device]] = Int32(slot)
      next[device] += 1
    }
    for device in 0..<deviceCount {
      let range = starts[device]..<starts[device + 1]
      let isSorted = range.dropFirst().allSatisfy { seconds[Int(order[$0 - 1])] <= seconds[Int(order[$0])] }
      if !isSorted { order[range].sort { (seconds[Int($0)], $0) < (seconds[Int($1)], $1) } }
    }
    return (order, starts)
  }
}
