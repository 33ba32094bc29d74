internal import Geometry
internal import Grids
internal import Quantities

extension SyntheticWorld {
  /// `station_id,name,kind,lon,lat,crs` of all fixed monitors and the mobile ones.
  public func stationsFile() -> [UInt8] {
    var text = ByteText()
    text.add("station_id,name,kind,lon,lat,crs\n")
    for station in stations {
      text.add("\(station.id),\(station.name) (synthetic),\(station.isMicro ? "micro" : "national"),")
      addPosition(station.position, &text)
      text.add(",wgs84\n")
    }
    for number in 0..<options.mobile { text.add("SYN-V\(number),合成走航车\(number) (synthetic),mobile,,,\n") }
    return text.bytes
  }

  func addPosition(_ position: LonLat, _ text: inout ByteText) {
    text.add(position.longitude, 6)
    text.comma()
    text.add(position.latitude, 6)
  }

  /// National stations of one day in the national hourly layout, whose times name the end of the hour.
  public func nationalFile(_ air: SyntheticAir) -> [UInt8] {
    var text = ByteText()
    text.add("timepoint,stationcode,longitude,latitude,area,positionname,pm2_5,pm10,so2,no2,o3,co\n")
    let date = options.start.advanced(by: air.day)
    let window = slotWindow()
    for hour in 0..<24 {
      let label = hour == 23 ? (day: date.advanced(by: 1), minute: 0) : (day: date, minute: (hour + 1) * 60)
      for (number, station) in stations.enumerated() where !station.isMicro {
        var stream = SyntheticStream(options.seed, 5, number, air.day * 24 + hour)
        guard let slot = window.slot(station.cell.column, station.cell.row) else { continue }
        let fine = measured(station, air, hour, slot, &stream)
        text.add(label.day, minute: label.minute)
        text.add(",\(station.id),")
        addPosition(station.position, &text)
        text.add(",合成,\(station.name),")
        // A feed has gaps: one value in two hundred is missing.
        if stream.unit() < 0.005 { text.add("") } else { text.add(fine, 0) }
        let afternoon = wave((Double(hour) - 9) / 24 * 2 * Double.pi)
        for value in [fine * 1.45 + 12, 9 + 0.22 * fine, 28 + 0.25 * fine - 8 * afternoon, 34 + 30 * afternoon] {
          text.comma()
          text.add(max(1, value * (1 + 0.08 * stream.normal())), 0)
        }
        text.comma()
        text.add(max(0.1, 0.5 + 0.012 * fine), 1)
        text.line()
      }
    }
    return text.bytes
  }

  func measured(
    _ station: SyntheticStation, _ air: SyntheticAir, _ hour: Int, _ slot: Int, _ stream: inout SyntheticStream
  ) -> Double {
    let clean = background(day: air.day, hour: hour, at: region.lattice.centre(of: station.cell))
    let noise = station.isMicro ? 0.12 : 0.04
    return max(1, (clean + Double(air.increments[hour][slot])) * station.gain * (1 + noise * stream.normal()))
  }

  /// Micro-stations of one day in the long layout, with their faults.
  public func microFile(_ air: SyntheticAir) -> [UInt8] {
    var text = ByteText()
    text.add("station_id,time,pm25\n")
    let date = options.start.advanced(by: air.day)
    let window = slotWindow()
    for hour in 0..<24 {
      for (number, station) in stations.enumerated() where station.isMicro {
        var stream = SyntheticStream(options.seed, 5, number, air.day * 24 + hour)
        guard let slot = window.slot(station.cell.column, station.cell.row) else { continue }
        var value = measured(station, air, hour, slot, &stream)
        var isMissing = false
        switch station.fault {
        case "stuck" where (air.day + number) % 3 == 0 && hour >= 6: value = 57.3
        case "spike" where stream.unit() < 0.03: value = 900
        case "missing": isMissing = stream.unit() < 0.15
        case "outage" where (air.day + number) % 4 == 0: continue
        default: value = faulty(value, station, number, air, hour)
        }
        text.add(station.id)
        text.comma()
        text.add(date, minute: hour * 60)
        text.comma()
        if isMissing { text.add("-999") } else { text.add(value, 1) }
        text.line()
      }
    }
    return text.bytes
  }

  /// Day of the campaign from which drift, caps, sprays, clocks, copies and gains are wrong, from 0.
  public var faultOnset: Int { options.days / 3 }

  /// What a station reports instead, with one of the faults that begin at ``faultOnset`` and last.
  private func faulty(
    _ value: Double, _ station: SyntheticStation, _ number: Int, _ air: SyntheticAir, _ hour: Int
  ) -> Double {
    guard air.day >= faultOnset else { return value }
    var stream = SyntheticStream(options.seed, 9, number, air.day * 24 + hour)
    switch station.fault {
    case "drift":
      let share = min(1, Double((air.day - faultOnset) * 24 + hour) / (14 * 24))
      return value * (1 + (number % 2 == 0 ? 0.9 : -0.5) * share)
    case "flat-cut": return value > 65 ? 65 * (1 - 0.01 * stream.unit()) : value
    case "spray": return [9, 10, 15, 20].contains(hour) ? value * 0.6 : value
    case "gain": return value * (number % 2 == 0 ? 2.4 : 0.4)
    case "clock-shift":
      // An hour late; at midnight the hour itself, because a file knows only its own day.
      return measuredAgain(station, number, air, max(0, hour - 1)) ?? value
    case "copied":
      let other = stations.indices.filter { stations[$0].isMicro && stations[$0].fault == "none" }.min {
        (distance(stations[$0], station), $0) < (distance(stations[$1], station), $1)
      }
      return other.flatMap { measuredAgain(stations[$0], $0, air, hour) } ?? value
    default: return value
    }
  }

  /// The value a station has without its fault. - Returns: `nil` outside the region.
  private func measuredAgain(
    _ station: SyntheticStation, _ number: Int, _ air: SyntheticAir, _ hour: Int
  ) -> Double? {
    var stream = SyntheticStream(options.seed, 5, number, air.day * 24 + hour)
    guard let slot = region.slot(of: station.cell) else { return nil }
    return measured(station, air, hour, slot, &stream)
  }

  private func distance(_ a: SyntheticStation, _ b: SyntheticStation) -> Double {
    let (east, north) = (a.position.longitude - b.position.longitude, a.position.latitude - b.position.latitude)
    return 0.6 * east * east + north * north
  }

  /// Moving monitors of one day, a reading every five minutes from 08:00 to 18:00.
  public func mobileFile(_ air: SyntheticAir) -> [UInt8] {
    var text = ByteText()
    text.add("station_id,time,pm25,lon,lat\n")
    let date = options.start.advanced(by: air.day)
    let window = slotWindow()
    for number in 0..<options.mobile {
      var stream = SyntheticStream(options.seed, 6, number, air.day)
      var point = region.lattice.centre(of: region.cells[stream.below(region.cells.count)])
      for minute in stride(from: 480, to: 1080, by: 5) {
        point.x += 1500 * stream.normal()
        point.y += 1500 * stream.normal()
        guard let cell = region.lattice.cell(at: point), let slot = window.slot(cell.column, cell.row) else { continue }
        let value =
          (background(day: air.day, hour: minute / 60, at: point) + Double(air.increments[minute / 60][slot]))
          * (1 + 0.1 * stream.normal())
        text.add("SYN-V\(number),")
        text.add(date, minute: minute)
        text.comma()
        text.add(max(1, value), 1)
        text.comma()
        addPosition(grid.projection.inverse(point), &text)
        text.line()
      }
    }
    return text.bytes
  }

  /// `time,lon,lat,u,v` every hour, at places every 90 km: the same wind everywhere, as if many stations told it.
  ///
  /// - Parameter days: Of the campaign, from 0; all when left out.
  public func windFile(days: Range<Int>? = nil) -> [UInt8] {
    var text = ByteText()
    text.add("time,lon,lat,u,v\n")
    let spaced = region.cells.filter { $0.column % 30 == 15 && $0.row % 30 == 15 }
    let places = (spaced.isEmpty ? [region.cells[region.cells.count / 2]] : spaced).map {
      grid.projection.inverse(region.lattice.centre(of: $0))
    }
    for (hour, wind) in wind.enumerated() where days?.contains(hour / 24) ?? true {
      for place in places {
        text.add(options.start.advanced(by: hour / 24), minute: hour % 24 * 60)
        text.comma()
        addPosition(place, &text)
        text.comma()
        text.add(wind.u, 2)
        text.comma()
        text.add(wind.v, 2)
        text.line()
      }
    }
    return text.bytes
  }
}
