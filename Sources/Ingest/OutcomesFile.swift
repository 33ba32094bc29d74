internal import Diagnostics
internal import Enterprises
public import Inspections
internal import Quantities

/// Reads `outcomes` files, what inspections found: `target_id,uscc,time,inspector_ids,problems,severity,notes`.
///
/// `problems` is a number, or the classes of the problems separated by `;`, a class with a count as `dust:2`; see
/// ``ProblemClass`` and `docs/methods/outcomes.md`. An empty `severity` is made from the classes by the policy's
/// severities. Telephone numbers and the like are taken out of notes, also in the reject file.
public enum OutcomesFile {
  static let columns = [
    TableColumn("target_id", aliases: ["target", "id", "目标编号"]),
    TableColumn("uscc", isRequired: false, aliases: ["credit_code", "creditcode", "统一社会信用代码", "信用代码"]),
    TableColumn("time", aliases: ["datetime", "date", "检查时间", "时间"]),
    TableColumn("inspector_ids", isRequired: false, aliases: ["inspectors", "inspector_id", "检查人员"]),
    TableColumn("problems", aliases: ["problem", "问题", "问题类型", "问题数"]),
    TableColumn("severity", isRequired: false, aliases: ["严重程度"]),
    TableColumn("notes", isRequired: false, aliases: ["note", "remarks", "备注", "说明"]),
  ]

  /// - Parameter severities: Of problems in rows that give no severity.
  /// - Returns: Outcomes in file order. A second row of the same target and time is rejected.
  public static func read(
    path: String, severities: ProblemSeverity = ProblemSeverity(), options: ReadOptions
  ) throws -> ReadResult<[Outcome]> {
    var outcomes: [Outcome] = []
    var known: Set<String> = []
    var derived = 0
    let facts = try readRows(path: path, columns: columns, options: options, cleaning: PersonalData.stripped) {
      row throws(RowDefect) in
      guard !row[0].isEmpty else { throw RowDefect("target_id is empty") }
      let code = row[1].isEmpty ? nil : try EnterprisesFile.creditCode(row[1])
      guard let time = TimeText.instant(row[2]) else { throw RowDefect("time is not a time") }
      guard time <= options.now else { throw RowDefect("time is in the future") }
      let found = try problems(row[4])
      var severity = 0.0
      if row[5].isEmpty {
        severity = found.severity(severities)
        if found.count > 0 { derived += 1 }
      } else {
        guard let given = Double(row[5]), given >= 0, given <= 1e6 else {
          throw RowDefect("severity is not a number between 0 and 1000000")
        }
        guard found.count > 0 || given == 0 else { throw RowDefect("severity without a problem") }
        severity = given
      }
      guard known.insert("\(row[0])\n\(time.secondsSinceEpoch)").inserted else {
        throw RowDefect("a second row of the same target and time")
      }
      outcomes.append(
        Outcome(
          targetID: row[0], creditCode: code, time: time, inspectorIDs: list(row[3]), problems: found.count,
          severity: severity, classes: found.classes.map(\.name.rawValue), notes: PersonalData.stripped(row[6]),
          line: Int32(row.line)))
    }
    var result = facts.result(outcomes, kept: outcomes.count)
    if derived > 0 {
      result.notes.append("\(derived) outcomes give no severity: it is the policy's, by class of problem")
    }
    return result
  }

  private struct Problems {
    var count = 0
    var classes: [(name: ProblemClass, count: Int)] = []

    /// Problems beyond the named ones count as unnamed.
    func severity(_ severities: ProblemSeverity) -> Double {
      classes.isEmpty
        ? Double(count) * severities.unnamed : classes.reduce(0) { $0 + Double($1.count) * severities[$1.name] }
    }
  }

  private static func problems(_ text: String) throws(RowDefect) -> Problems {
    let words = list(text)
    guard let first = words.first else { throw RowDefect("problems is empty; write 0 where nothing was found") }
    if words.count == 1, let count = Double(first) {
      guard count >= 0, count <= 1000, count == count.rounded() else {
        throw RowDefect("problems is not a whole number between 0 and 1000")
      }
      return Problems(count: Int(count))
    }
    var result = Problems()
    for word in words {
      let pieces = word.split { ":：*×".contains($0) }.map { trimmed(String($0)) }
      guard let name = pieces.first, pieces.count <= 2, let problem = problemClass(name) else {
        throw RowDefect("problems names a class that is not known")
      }
      let count = pieces.count == 2 ? Int(pieces[1]) : 1
      guard let count, (1...1000).contains(count) else {
        throw RowDefect("the count of a problem class is not 1 to 1000")
      }
      result.classes.append((problem, count))
      result.count += count
    }
    return result
  }

  /// Parts between semicolons of either script, 、 or |; empty parts are left out.
  private static func list(_ text: String) -> [String] {
    text.split { ";；、|".contains($0) }.map { trimmed(String($0)) }.filter { !$0.isEmpty }
  }

  private static func problemClass(_ word: String) -> ProblemClass? {
    let name = String(word.lowercased().map { $0 == "_" || $0 == " " ? "-" : $0 })
    return ProblemClass(rawValue: name) ?? chinese[word]
  }

  private static let chinese: [String: ProblemClass] = [
    "散乱污": .scatteredOnList, "清单内散乱污": .scatteredOnList, "清单外散乱污": .scatteredOffList,
    "散乱污(清单外)": .scatteredOffList, "超标排放": .excessEmission, "未安装污染治理设施": .noTreatment,
    "治污设施不正常运行": .treatmentNotRunning, "自动监测弄虚作假": .dataFraud, "VOCs治理问题": .volatileOrganics,
    "VOCs": .volatileOrganics, "虚报整改": .falseRectification, "未按期完成": .overdueRectification,
    "未落实应急减排": .emergencyMeasures, "未落实错峰生产": .peakShift, "燃煤锅炉未淘汰": .coalBoiler, "扬尘": .dust,
    "拒绝检查": .refusal, "其他": .other,
  ]
}
