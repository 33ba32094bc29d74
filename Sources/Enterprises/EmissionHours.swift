/// What a continuous emission monitoring system (CEMS, 污染源自动监控) reports for an outlet.
public enum EmissionChannel: String, CaseIterable, Hashable, Sendable, Codable {
  case so2, nox, pm, o2, flow

  /// Position in `allCases`: stable, used as the number of the channel in arrays.
  public var ordinal: Int {
    switch self {
    case .so2: 0
    case .nox: 1
    case .pm: 2
    case .o2: 3
    case .flow: 4
    }
  }

  /// The three that have limits.
  public static let pollutants: [EmissionChannel] = [.so2, .nox, .pm]

  /// The name people print.
  public var displayName: String {
    switch self {
    case .so2: "SO2"
    case .nox: "NOx"
    case .pm: "PM"
    case .o2: "O2"
    case .flow: "flow"
    }
  }

  /// mg/m³ of dry gas at 273 K and 101.3 kPa, % by volume, m³/h of the same gas.
  public var unit: String {
    switch self {
    case .so2, .nox, .pm: "mg/m³"
    case .o2: "%"
    case .flow: "m³/h"
    }
  }
}

/// What the monitoring system itself says about an hour: the marks of HJ 212-2017 (数据标记).
public enum EmissionMark: UInt8, CaseIterable, Hashable, Sendable, Codable {
  /// N, or no mark.
  case normal
  /// F (停运).
  case shutdown
  /// M (维护).
  case maintenance
  /// C (校准).
  case calibration
  /// D (故障).
  case fault
  /// S (手工输入).
  case entered
  /// T (超测上限).
  case overRange
  /// B (通讯异常).
  case communication

  /// Reads a letter of HJ 212 or its Chinese word; empty is normal. - Returns: `nil` for anything else.
  public init?(_ text: String) {
    switch text.uppercased() {
    case "", "N", "正常": self = .normal
    case "F", "停运", "停产": self = .shutdown
    case "M", "维护": self = .maintenance
    case "C", "校准": self = .calibration
    case "D", "故障": self = .fault
    case "S", "手工输入", "设定值": self = .entered
    case "T", "超测上限": self = .overRange
    case "B", "通讯异常", "通信异常": self = .communication
    default: return nil
    }
  }
}

/// One outlet (排口) of a firm.
public struct EmissionOutlet: Hashable, Comparable, Sendable {
  /// 18-character unified social credit code.
  public let creditCode: String
  /// As in the file, such as `DA001`.
  public let outlet: String

  public init(creditCode: String, outlet: String) {
    self.creditCode = creditCode
    self.outlet = outlet
  }

  public static func < (a: Self, b: Self) -> Bool { (a.creditCode, a.outlet) < (b.creditCode, b.outlet) }
}

/// Hourly reports of continuous emission monitors, as parallel arrays sorted by (outlet, hour).
///
/// An outlet and hour occurs once. Concentrations are of dry gas in mg/m³, oxygen in % by volume, flow in m³/h.
public struct EmissionHours: Sendable, Equatable {
  /// Ascending.
  public let outlets: [EmissionOutlet]
  /// Rows of an outlet: `starts[k]..<starts[k + 1]`.
  public let starts: [Int]
  /// ``Quantities/LocalHour/ordinal``.
  public let hours: [Int32]
  /// By ``EmissionChannel/ordinal``, then row; NaN where the monitor gave nothing.
  public let values: [[Double]]
  /// ``EmissionMark/rawValue``.
  public let marks: [UInt8]
  /// Line of the file, from 1.
  public let lines: [Int32]

  /// One row on its way in.
  public struct Row: Sendable {
    /// Of a firm in the file, registered or not.
    public let outlet: EmissionOutlet
    /// ``Quantities/LocalHour/ordinal``.
    public let hour: Int32
    /// By ``EmissionChannel/ordinal``; NaN where nothing is known.
    public let values: [Double]
    /// Normal where the file marks nothing.
    public let mark: EmissionMark
    /// Line of the file, from 1.
    public let line: Int32

    /// - Precondition: one value per channel.
    public init(outlet: EmissionOutlet, hour: Int32, values: [Double], mark: EmissionMark, line: Int32) {
      precondition(values.count == EmissionChannel.allCases.count, "one value per channel")
      self.outlet = outlet
      self.hour = hour
      self.values = values
      self.mark = mark
      self.line = line
    }
  }

  /// - Parameter rows: In any order; of two rows of one outlet and hour the first given counts.
  public init(_ rows: [Row]) {
    let outlets = Set(rows.map(\.outlet)).sorted()
    let slots = Dictionary(uniqueKeysWithValues: zip(outlets, outlets.indices))
    let keyed = rows.indices.map { (outlet: slots[rows[$0].outlet] ?? 0, hour: rows[$0].hour, row: $0) }
      .sorted { ($0.outlet, $0.hour, $0.row) < ($1.outlet, $1.hour, $1.row) }
    var order: [Int] = []
    var starts = [Int](repeating: 0, count: outlets.count + 1)
    var last: (outlet: Int, hour: Int32) = (-1, 0)
    for key in keyed where (key.outlet, key.hour) != last {
      last = (key.outlet, key.hour)
      order.append(key.row)
      starts[key.outlet + 1] += 1
    }
    for k in outlets.indices { starts[k + 1] += starts[k] }
    self.outlets = outlets
    self.starts = starts
    hours = order.map { rows[$0].hour }
    values = EmissionChannel.allCases.map { channel in order.map { rows[$0].values[channel.ordinal] } }
    marks = order.map { rows[$0].mark.rawValue }
    lines = order.map { rows[$0].line }
  }

  /// Rows, that is outlet-hours.
  public var count: Int { hours.count }

  public static func == (a: Self, b: Self) -> Bool {
    // NaN stands for "nothing" and equals itself here.
    func same(_ x: [Double], _ y: [Double]) -> Bool { zip(x, y).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) } }
    return a.outlets == b.outlets && a.starts == b.starts && a.hours == b.hours && a.marks == b.marks
      && a.lines == b.lines && zip(a.values, b.values).allSatisfy(same)
  }
}
