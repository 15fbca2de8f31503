/// Points in time as C's `ctime` prints them, in UTC.
enum CalendarText {
  /// For example `Mon Nov 23 09:00:00 2026`.
  /// - Parameter seconds: Seconds since 1970.
  static func time(_ seconds: Int64) -> String {
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    let (year, month, day) = date(ofDay: days)
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let weekday = weekdays[Int(((days % 7) + 7) % 7)]
    let clock = ClockText.time(UInt64(seconds - days * 86_400))
    return "\(weekday) \(months[month - 1]) \("\(day)".right(2)) \(clock) \(year)"
  }

  /// The civil date of a day counted from 1970-01-01.
  private static func date(ofDay days: Int64) -> (year: Int64, month: Int, day: Int64) {
    // Years are counted from March, so that the leap day is the last of a year.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), Int(month), day)
  }
}
