internal import Dispatch
public import Geometry
internal import Grids
internal import Quantities

/// The air of one synthetic day: what sources add to each cell of the region in each hour.
public struct SyntheticAir: Sendable {
  /// µg/m³ of PM2.5 by hour, then by slot of the region.
  let increments: [[Float]]
  /// Of the campaign, from 0.
  public let day: Int

  /// Daily mean of what sources add, per slot of the region, µg/m³.
  public var dailyIncrement: [Double] {
    increments[0].indices.map { slot in increments.reduce(0) { $0 + Double($1[slot]) } / 24 }
  }
}

extension SyntheticWorld {
  /// Smooth regional background of PM2.5 at a projected point, µg/m³: episodes of a week, a daily wave, higher south.
  public func background(day: Int, hour: Int, at point: PlanePoint) -> Double {
    let time = Double(day * 24 + hour)
    let episode = wave(time / (24 * 7.5) * 2 * Double.pi - 1)
    let daily = wave((Double(hour) - 3) / 24 * 2 * Double.pi)
    let place =
      1 + 0.18 * wave(point.x / 160_000) * wave(point.y / 140_000 + 1) - 0.06 * (point.y - 4_000_000) / 400_000
    return max(8, (62 + 34 * episode + 8 * daily) * place)
  }

  /// Adds up the plumes of all sources for one day.
  ///
  /// A plume is a Gaussian across the hour's wind whose width grows as 0.22·distance^0.95 (metres, after Briggs' rural
  /// class C, simplified), thinned by 1/(wind speed) and by exp(-distance / 9 km), cut off after five cells. It has no
  /// height, no chemistry and no memory of the hour before.
  public func air(day: Int, threads: Int) -> SyntheticAir {
    let slots = slotWindow()
    var hours = [[Float]](repeating: [], count: 24)
    hours.withUnsafeMutableBufferPointer { buffer in
      // Each worker writes the hours that no other touches.
      nonisolated(unsafe) let out = buffer
      let workers = max(1, min(threads, 24))
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for hour in stride(from: worker, to: 24, by: workers) {
          out[hour] = self.hour(day: day, hour: hour, slots: slots)
        }
      }
    }
    return SyntheticAir(increments: hours, day: day)
  }

  private func hour(day: Int, hour: Int, slots: SlotWindow) -> [Float] {
    var field = [Float](repeating: 0, count: region.cells.count)
    let shape = plumeShape(day: day, hour: hour)
    for source in sources where source.strength > 0 {
      let strength = emission(source, day: day, hour: hour)
      guard strength > 0.05, let home = region.lattice.cell(at: source.point) else { continue }
      for part in shape {
        if let slot = slots.slot(home.column + part.dx, home.row + part.dy) { field[slot] += strength * part.weight }
      }
    }
    return field
  }

  /// The shape of a plume is the same for all sources of an hour: weights by offset in cells.
  func plumeShape(day: Int, hour: Int) -> [(dx: Int32, dy: Int32, weight: Float)] {
    let side = Double(region.lattice.sizeMetres)
    let (u, v) = wind[day * 24 + hour]
    let speed = max(0.8, (u * u + v * v).squareRoot())
    let (ex, ey) = (u / speed, v / speed)
    var shape: [(dx: Int32, dy: Int32, weight: Float)] = []
    for dy in Int32(-5)...5 {
      for dx in Int32(-5)...5 {
        let along = (Double(dx) * ex + Double(dy) * ey) * side
        let across = (Double(dy) * ex - Double(dx) * ey) * side
        if dx == 0, dy == 0 {
          shape.append((0, 0, Float(3 / speed)))
        } else if along > 0 {
          let width = 0.22 * along + 700
          let weight = 3 / speed * 900 / width * expOf(-across * across / (2 * width * width)) * expOf(-along / 9000)
          if weight > 0.004 { shape.append((dx, dy, Float(weight))) }
        }
      }
    }
    return shape
  }

  /// What a source adds to its own cell in one hour at 3 m/s, µg/m³.
  func emission(_ source: SyntheticSource, day: Int, hour: Int) -> Float {
    let level = activity(source, day: day, step: hour * 4)
    let removal = treatmentRuns(source, day: day, step: hour * 4) ? 0.25 : 1.0
    return Float(source.strength * level * removal)
  }

  /// Slots of the region's cells in a dense window.
  struct SlotWindow: Sendable {
    let column: Int32
    let row: Int32
    let width: Int32
    let height: Int32
    let slots: [Int32]

    func slot(_ column: Int32, _ row: Int32) -> Int? {
      let x = column - self.column
      let y = row - self.row
      guard x >= 0, y >= 0, x < width, y < height else { return nil }
      let slot = slots[Int(y) * Int(width) + Int(x)]
      return slot < 0 ? nil : Int(slot)
    }
  }

  func slotWindow() -> SlotWindow {
    let columns = region.cells.map(\.column)
    let rows = region.cells.map(\.row)
    let (left, right) = (columns.min() ?? 0, columns.max() ?? 0)
    let (bottom, top) = (rows.min() ?? 0, rows.max() ?? 0)
    var slots = [Int32](repeating: -1, count: Int(right - left + 1) * Int(top - bottom + 1))
    for (slot, cell) in region.cells.enumerated() {
      slots[Int(cell.row - bottom) * Int(right - left + 1) + Int(cell.column - left)] = Int32(slot)
    }
    return SlotWindow(column: left, row: bottom, width: right - left + 1, height: top - bottom + 1, slots: slots)
  }
}
