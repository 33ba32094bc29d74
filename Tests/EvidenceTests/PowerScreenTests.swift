import Enterprises
import Evidence
import Quantities
import Testing

@Suite struct PowerScreenTests {
  static let firmsPerBehaviour = 12

  @Test func `planted behaviours are told apart`() {
    var loads = PlantedLoads(seed: 20_171_121)
    var truth: [Behaviour] = []
    for behaviour in Behaviour.allCases {
      for _ in 0..<Self.firmsPerBehaviour {
        loads.addFirm(behaviour)
        truth.append(behaviour)
      }
    }
    let found = loads.findings()
    var table = "planted behaviour, rules that spoke (firms of \(Self.firmsPerBehaviour)), abstentions\n"
    for behaviour in Behaviour.allCases {
      let meters = truth.indices.filter { truth[$0] == behaviour }
      let flags = PowerRule.allCases.compactMap { rule -> String? in
        let count = meters.filter { meter in found.flags.contains { $0.meter == meter && $0.rule == rule } }.count
        return count > 0 ? "\(rule.rawValue) \(count)" : nil
      }
      let silent = PowerAbstentionReason.allCases.compactMap { reason -> String? in
        let count = found.abstentions.filter { meters.contains($0.meter) && $0.reason == reason }.count
        return count > 0 ? "\(reason.rawValue) \(count)" : nil
      }
      table += "\(behaviour.rawValue): [\(flags.joined(separator: ", "))] [\(silent.joined(separator: ", "))]\n"
      for meter in meters {
        let rules = Set(found.flags.filter { $0.meter == meter }.map(\.rule))
        #expect(rules == Set([behaviour.expected].compactMap(\.self)), "\(behaviour.rawValue), meter \(meter)")
      }
    }
    print(table)
  }
}
