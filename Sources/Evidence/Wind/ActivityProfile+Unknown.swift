internal import Quantities

extension ActivityProfile {
  /// First and last hour of a day shift, Beijing time: 07:00 to 19:00.
  static let shift = 7..<19

  /// What is believed of a source whose load nobody knows: it works through, or a day shift, with equal chances.
  ///
  /// - Parameters:
  ///   - firstHour: ``LocalHour/ordinal``.
  ///   - allowed: Share of full production that orders leave, per hour, 1 where there is none; `nil` without orders.
  ///   - defianceWeight: Chance that orders are not kept, for each way of working.
  public static func unknown(
    firstHour: Int32, count: Int, allowed: [Double]? = nil, defianceWeight: Double = 0.15
  ) -> [ActivityProfile] {
    let through = [Float](repeating: 1, count: count)
    let day = (0..<count).map { hour -> Float in
      shift.contains(Int((firstHour + Int32(hour)).flooredRemainder(by: 24))) ? 1 : 0.02
    }
    guard let allowed, allowed.contains(where: { $0 < 1 }) else {
      return [ActivityProfile(weight: 0.5, levels: through), ActivityProfile(weight: 0.5, levels: day)]
    }
    func obeying(_ levels: [Float]) -> [Float] { zip(levels, allowed).map { min($0, Float(max(0.02, $1))) } }
    return [through, day].flatMap { levels in
      [
        ActivityProfile(weight: 0.5 * (1 - defianceWeight), levels: obeying(levels)),
        ActivityProfile(weight: 0.5 * defianceWeight, levels: levels),
      ]
    }
  }
}
