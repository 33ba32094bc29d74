public import Evidence
public import Ranking

/// Names of kinds for people, Chinese first.
public enum LeadTitle {
  private static let titles: [LeadKind: String] = [
    .localOutlier: "局地突出 local outlier", .hotspot: "热点聚集 hotspot cluster", .cityTop: "全市高值 highest of its city",
    .monthlyList: "月度名单 monthly list", .stopOrderLoad: "停限产期间用电 load during an order",
    .treatmentOff: "治污设施疑似停运 treatment circuit off", .unregisteredLoad: "疑似未登记工业用电 unregistered load",
    .complaints: "12369 举报 complaints", .fires: "卫星火点 satellite fires",
    .likelySource: "可能来源 likely source", .darkEmitter: "疑似未登记排放源 dark emitter",
    .nightShift: "疑似夜间生产 night shift", .loadVanished: "用电突然消失 load vanished",
    .meterReading: "表码与负荷不符 meter reading", .emissionMonitor: "自动监测疑似异常 emission monitor",
    .stationIntegrity: "站点疑似受干扰 station integrity", .looseCoal: "疑似散煤燃烧 loose coal",
    .dustFall: "降尘超标 dust-fall", .emergingHotspot: "新发或加剧热点 emerging hotspot",
    .scanCluster: "时空聚集 scan cluster", .strike: "连续预警 repeated alerts",
  ]

  /// Such as `疑似夜间生产 night shift`; the raw name where a kind has no title.
  public static func of(_ kind: LeadKind) -> String { titles[kind] ?? kind.rawValue }

  /// Such as `企业 enterprise`.
  public static func of(_ kind: TargetKind) -> String {
    switch kind {
    case .enterprise: "企业 enterprise"
    case .unregisteredMeter: "未登记电表 unregistered meter"
    case .cell: "网格 cell to be searched"
    }
  }

  /// Title of a part of the score: a lead's, or the policy's own name.
  static func ofPart(_ name: String) -> String {
    LeadKind(rawValue: name).flatMap { titles[$0] } ?? otherParts[name] ?? name
  }

  private static let otherParts = [
    ScoreWeight.base: "基础分 base", ScoreWeight.daysSinceVisit: "距上次检查 days since visit",
    ScoreWeight.openCases: "未整改问题 open cases", ScoreWeight.answered: "近期检查未发现问题 answered by a visit",
    ScoreWeight.severity: "影响程度 severity",
  ]
}
