"""The names of months in sixty languages, as their writers use them in dates: data, one line a spelling.

Wide and abbreviated names, inside a date and alone, after Unicode CLDR where that gives words; spellings without
accents, of Austria, the Levant and the Maghreb are added. "_" stands for the blank of a name of two words.
"""

from __future__ import annotations

REVISION = "months/2"

_TABLE = """
en january february march april may june july august september october november december
en jan feb mar apr may jun jul aug sep oct nov dec
de januar februar märz april mai juni juli august september oktober november dezember
de jan feb märz apr mai juni juli aug sept okt nov dez
de jan feb mär apr mai jun jul aug sep okt nov dez
fr janvier février mars avril mai juin juillet août septembre octobre novembre décembre
fr janv févr mars avr mai juin juil août sept oct nov déc
es enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
es ene feb mar abr may jun jul ago sept oct nov dic
it gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
it gen feb mar apr mag giu lug ago set ott nov dic
pt janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
pt jan fev mar abr mai jun jul ago set out nov dez
nl januari februari maart april mei juni juli augustus september oktober november december
nl jan feb mrt apr mei jun jul aug sep okt nov dec
sv januari februari mars april maj juni juli augusti september oktober november december
da januar februar marts april maj juni juli august september oktober november december
nb januar februar mars april mai juni juli august september oktober november desember
nb jan feb mars apr mai juni juli aug sep okt nov des
fi tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta
fi tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu
fi tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu
is janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember
is jan feb mar apr maí jún júl ágú sep okt nóv des
et jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember
et jaan veebr märts apr mai juuni juuli aug sept okt nov dets
lv janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris novembris decembris
lv janv febr marts apr maijs jūn jūl aug sept okt nov dec
lt sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio
lt saus vas kov bal geg birž liep rugp rugs spal lapkr gruod
lt sausis vasaris kovas balandis gegužė birželis liepa rugpjūtis rugsėjis spalis lapkritis gruodis
pl stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
pl sty lut mar kwi maj cze lip sie wrz paź lis gru
pl styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
cs ledna února března dubna května června července srpna září října listopadu prosince
cs led úno bře dub kvě čvn čvc srp zář říj lis pro
cs leden únor březen duben květen červen červenec srpen září říjen listopad prosinec
sk januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra
sk jan feb mar apr máj jún júl aug sep okt nov dec
sk január február marec apríl máj jún júl august september október november december
sl januar februar marec april maj junij julij avgust september oktober november december
sl jan feb mar apr maj jun jul avg sep okt nov dec
hr siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca
hr sij velj ožu tra svi lip srp kol ruj lis stu pro
hr siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni prosinac
sr јануар фебруар март април мај јун јул август септембар октобар новембар децембар
sr јан феб мар апр мај јун јул авг сеп окт нов дец
uk січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
uk січ лют бер квіт трав черв лип серп вер жовт лист груд
uk січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
ru января февраля марта апреля мая июня июля августа сентября октября ноября декабря
ru янв февр мар апр мая июн июл авг сент окт нояб дек
ru январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
be студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня
be сту лют сак кра мая чэр ліп жні вер кас ліс сне
be студзень люты сакавік красавік май чэрвень ліпень жнівень верасень кастрычнік лістапад снежань
bg януари февруари март април май юни юли август септември октомври ноември декември
bg яну фев март апр май юни юли авг сеп окт ное дек
mk јануари февруари март април мај јуни јули август септември октомври ноември декември
ro ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
ro ian feb mar apr mai iun iul aug sept oct nov dec
hu január február március április május június július augusztus szeptember október november december
hu jan febr márc ápr máj jún júl aug szept okt nov dec
el ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου
el ιαν φεβ μαρ απρ μαΐ ιουν ιουλ αυγ σεπ οκτ νοε δεκ
el ιανουάριος φεβρουάριος μάρτιος απρίλιος μάιος ιούνιος ιούλιος αύγουστος σεπτέμβριος οκτώβριος νοέμβριος δεκέμβριος
el ιαν φεβ μάρ απρ μάι ιούν ιούλ αύγ σεπ οκτ νοέ δεκ
tr ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
tr oca şub mar nis may haz tem ağu eyl eki kas ara
az yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr
az yan fev mar apr may iyn iyl avq sen okt noy dek
kk қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан
kk қаң ақп нау сәу мам мау шіл там қыр қаз қар жел
sq janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor
sq jan shk mar pri maj qer korr gush sht tet nën dhj
ca gener febrer març abril maig juny juliol agost setembre octubre novembre desembre
ca gen febr març abr maig juny jul ag set oct nov des
gl xaneiro febreiro marzo abril maio xuño xullo agosto setembro outubro novembro decembro
gl xan feb mar abr maio xuño xul ago set out nov dec
eu urtarrila otsaila martxoa apirila maiatza ekaina uztaila abuztua iraila urria azaroa abendua
eu urt ots mar api mai eka uzt abu ira urr aza abe
ga eanáir feabhra márta aibreán bealtaine meitheamh iúil lúnasa meán_fómhair deireadh_fómhair samhain nollaig
ga ean feabh márta aib beal meith iúil lún mfómh dfómh samh noll
cy ionawr chwefror mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr
cy ion chwef maw ebr mai meh gorff awst medi hyd tach rhag
cy ion chw maw ebr mai meh gor awst medi hyd tach rhag
eo januaro februaro marto aprilo majo junio julio aŭgusto septembro oktobro novembro decembro
eo jan feb mar apr maj jun jul aŭg sep okt nov dec
af januarie februarie maart april mei junie julie augustus september oktober november desember
id januari februari maret april mei juni juli agustus september oktober november desember
id jan feb mar apr mei jun jul agu sep okt nov des
ms januari februari mac april mei jun julai ogos september oktober november disember
ms jan feb mac apr mei jun jul ogo sep okt nov dis
fil enero pebrero marso abril mayo hunyo hulyo agosto setyembre oktubre nobyembre disyembre
fil ene peb mar abr may hun hul ago set okt nob dis
sw januari februari machi aprili mei juni julai agosti septemba oktoba novemba desemba
ar يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
fa ژانویهٔ فوریهٔ مارس آوریل مهٔ ژوئن ژوئیهٔ اوت سپتامبر اکتبر نوامبر دسامبر
fa ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر
ur جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر
he ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
he ינו׳ פבר׳ מרץ אפר׳ מאי יוני יולי אוג׳ ספט׳ אוק׳ נוב׳ דצמ׳
hi जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
hi जन॰ फ़र॰ मार्च अप्रैल मई जून जुल॰ अग॰ सित॰ अक्टू॰ नव॰ दिस॰
bn জানুয়ারী ফেব্রুয়ারী মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর
bn জানু ফেব মার্চ এপ্রি মে জুন জুল আগ সেপ অক্টো নভে ডিসে
ta ஜனவரி பிப்ரவரி மார்ச் ஏப்ரல் மே ஜூன் ஜூலை ஆகஸ்ட் செப்டம்பர் அக்டோபர் நவம்பர் டிசம்பர்
ta ஜன பிப் மார் ஏப் மே ஜூன் ஜூலை ஆக செப் அக் நவ டிச
te జనవరి ఫిబ్రవరి మార్చి ఏప్రిల్ మే జూన్ జులై ఆగస్టు సెప్టెంబర్ అక్టోబర్ నవంబర్ డిసెంబర్
te జన ఫిబ్ర మార్చి ఏప్రి మే జూన్ జులై ఆగ సెప్టెం అక్టో నవం డిసెం
ml ജനുവരി ഫെബ്രുവരി മാർച്ച് ഏപ്രിൽ മേയ് ജൂൺ ജൂലൈ ഓഗസ്റ്റ് സെപ്റ്റംബർ ഒക്‌ടോബർ നവംബർ ഡിസംബർ
ml ജനു ഫെബ്രു മാർ ഏപ്രി മേയ് ജൂൺ ജൂലൈ ഓഗ സെപ്റ്റം ഒക്ടോ നവം ഡിസം
mr जानेवारी फेब्रुवारी मार्च एप्रिल मे जून जुलै ऑगस्ट सप्टेंबर ऑक्टोबर नोव्हेंबर डिसेंबर
mr जाने फेब्रु मार्च एप्रि मे जून जुलै ऑग सप्टें ऑक्टो नोव्हें डिसें
gu જાન્યુઆરી ફેબ્રુઆરી માર્ચ એપ્રિલ મે જૂન જુલાઈ ઑગસ્ટ સપ્ટેમ્બર ઑક્ટોબર નવેમ્બર ડિસેમ્બર
gu જાન્યુ ફેબ્રુ માર્ચ એપ્રિલ મે જૂન જુલાઈ ઑગસ્ટ સપ્ટે ઑક્ટો નવે ડિસે
kn ಜನವರಿ ಫೆಬ್ರವರಿ ಮಾರ್ಚ್ ಏಪ್ರಿಲ್ ಮೇ ಜೂನ್ ಜುಲೈ ಆಗಸ್ಟ್ ಸೆಪ್ಟೆಂಬರ್ ಅಕ್ಟೋಬರ್ ನವೆಂಬರ್ ಡಿಸೆಂಬರ್
kn ಜನ ಫೆಬ್ರ ಮಾರ್ಚ್ ಏಪ್ರಿ ಮೇ ಜೂನ್ ಜುಲೈ ಆಗ ಸೆಪ್ಟೆಂ ಅಕ್ಟೋ ನವೆಂ ಡಿಸೆಂ
th มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม
th ม.ค ก.พ มี.ค เม.ย พ.ค มิ.ย ก.ค ส.ค ก.ย ต.ค พ.ย ธ.ค
ka იანვარი თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი
ka იან თებ მარ აპრ მაი ივნ ივლ აგვ სექ ოქტ ნოე დეკ
hy հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի հոկտեմբերի նոյեմբերի դեկտեմբերի
hy հնվ փտվ մրտ ապր մյս հնս հլս օգս սեպ հոկ նոյ դեկ
hy հունվար փետրվար մարտ ապրիլ մայիս հունիս հուլիս օգոստոս սեպտեմբեր հոկտեմբեր նոյեմբեր դեկտեմբեր
am ጃንዋሪ ፌብሩዋሪ ማርች ኤፕሪል ሜይ ጁን ጁላይ ኦገስት ሴፕቴምበር ኦክቶበር ኖቬምበር ዲሴምበር
am ጃን ፌብ ማርች ኤፕሪ ሜይ ጁን ጁላይ ኦገስ ሴፕቴ ኦክቶ ኖቬም ዲሴም
ne जनवरी फेब्रुअरी मार्च अप्रिल मे जुन जुलाई अगस्ट सेप्टेम्बर अक्टोबर नोभेम्बर डिसेम्बर
de jänner feber mrz apr mai jun jul aug sept okt nov dez
en jan febr mar apr may june july aug sept oct nov dec
fr janv fevr mars avr mai juin juil aout sept oct nov dec
fr janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
es ene febr mar abr may jun jul ago set oct nov dic
es enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre
pt janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
de januar februar maerz april mai juni juli august september oktober november dezember
ar كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول
ar جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر
ar يناير فبراير مارس ابريل مايو يونيو يوليوز غشت شتنبر اكتوبر نونبر دجنبر
ru янв февр марта апр мая июн июл авг сент окт нояб дек
fi tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu
"""  # noqa: E501


def _read(table: str) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Return the number of each name, and of a name in one language where languages differ ("listopad")."""
    everywhere: dict[str, int] = {}
    somewhere: dict[tuple[str, str], int] = {}
    for line in table.split("\n"):
        lang, *names = line.split() or [""]
        for number, name in enumerate(names, 1):
            word = name.replace("_", " ")
            if everywhere.setdefault(word, number) != number:
                somewhere[lang, word] = number
    return everywhere, somewhere


MONTHS, MONTHS_OF = _read(_TABLE)
#: Names with a blank or a point in them: they are looked for as they stand.
IN_PARTS = tuple(sorted(name for name in MONTHS if " " in name or "." in name))
#: The months of the Persian calendar, which also Iran's blogs in other languages keep.
JALALI = {
    name: number
    for number, names in enumerate(
        "فروردین اردیبهشت خرداد تیر مرداد|امرداد شهریور مهر آبان آذر دی بهمن اسفند".split(), 1
    )
    for name in names.split("|")
}
