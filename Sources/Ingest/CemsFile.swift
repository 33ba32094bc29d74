internal import Diagnostics
public import Enterprises
internal import Quantities

/// Reads `cems` files, hourly reports of continuous emission monitors: `uscc,outlet,time,so2,nox,pm,o2,flow[,mark]`.
///
/// Concentrations in mg/m³, oxygen in %, flow in m³/h. A row may lack values, not all of them.
public enum CemsFile {
  static let columns = [
    TableColumn("uscc", aliases: ["credit_code", "统一社会信用代码", "信用代码"]),
    TableColumn("outlet", isRequired: false, aliases: ["outlet_id", "排口", "排口编号", "排放口编号", "监测点"]),
    TableColumn("time", aliases: ["datetime", "timestamp", "时间", "监测时间"]),
    TableColumn("so2", isRequired: false, aliases: ["so2_mgm3", "二氧化硫"]),
    TableColumn("nox", isRequired: false, aliases: ["nox_mgm3", "氮氧化物"]),
    TableColumn("pm", isRequired: false, aliases: ["dust", "smoke", "particulate", "烟尘", "颗粒物"]),
    TableColumn("o2", isRequired: false, aliases: ["oxygen", "o2_percent", "含氧量", "氧含量"]),
    TableColumn("flow", isRequired: false, aliases: ["flow_m3h", "flue_gas", "烟气流量", "标干流量", "流量"]),
    TableColumn("mark", isRequired: false, aliases: ["flag", "status", "数据标记", "标记", "状态"]),
  ]
  /// Largest values that mean anything, in the order of the channels: a raw flue gas of a smelter reaches 1e5 mg/m³.
  private static let largest = [1e5, 1e5, 1e6, 25, 1e8]

  /// - Returns: Rows sorted by outlet and hour; of two rows of one outlet and hour the first is kept.
  public static func read(path: String, options: ReadOptions) throws -> ReadResult<EmissionHours> {
    var rows: [EmissionHours.Row] = []
    var known: Set<OutletHour> = []
    var withoutValue = 0
    let facts = try readRows(path: path, columns: columns, options: options) { row throws(RowDefect) in
      let code = try EnterprisesFile.creditCode(row[0])
      guard let time = TimeText.instant(row[2]) else { throw RowDefect("time is not a time") }
      guard time <= options.now else { throw RowDefect("time is in the future") }
      guard let mark = EmissionMark(row[8]) else { throw RowDefect("mark is not one of N, F, M, C, D, S, T, B") }
      var values: [Double] = []
      for channel in EmissionChannel.allCases {
        values.append(try number(row[3 + channel.ordinal], channel))
      }
      guard values.contains(where: { !$0.isNaN }) || mark != .normal else {
        withoutValue += 1
        return
      }
      let outlet = EmissionOutlet(creditCode: code, outlet: row[1].isEmpty ? "1" : row[1])
      guard known.insert(OutletHour(outlet: outlet, hour: time.hour.ordinal)).inserted else {
        throw RowDefect("second row for the same outlet and hour")
      }
      rows.append(
        EmissionHours.Row(
          outlet: outlet, hour: time.hour.ordinal, values: values, mark: mark, line: Int32(row.line)))
    }
    if !facts.present[3], !facts.present[4], !facts.present[5] {
      throw Problem(
        "no column so2, nox or pm", at: SourcePlace(file: path, line: 1),
        remedy: "check that it is a file of emission monitors: uscc,outlet,time,so2,nox,pm,o2,flow")
    }
    var result = facts.result(EmissionHours(rows), kept: rows.count)
    result.rowsPassedOver = withoutValue
    if withoutValue > 0 { result.notes.append("\(withoutValue) rows have no value and no mark") }
    return result
  }

  private struct OutletHour: Hashable {
    let outlet: EmissionOutlet
    let hour: Int32
  }

  private static func number(_ text: String, _ channel: EmissionChannel) throws(RowDefect) -> Double {
    if text.isEmpty { return .nan }
    guard let value = Double(text), value.isFinite else { throw RowDefect("\(channel.rawValue) is not a number") }
    // Noise around zero gives small negative values.
    guard value >= -5, value <= largest[channel.ordinal] else {
      throw RowDefect("\(channel.rawValue) is out of range")
    }
    return value
  }
}
